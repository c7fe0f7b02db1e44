"""The owner's controls of a site: set up, rules, filter, care; and its numbers."""

from flask import Blueprint

from moderation.web.moderator import statistics
from moderation.web.moderator.settings import (
    accuracy,
    caring,
    embedding,
    exporting,
    filtering,
    importing,
    operations,
    opinion,
    person,
    rules,
    setup,
    sites,
    threads,
)


def add_pages(pages: Blueprint, *, greatest_id: int) -> None:
    """Add the pages of sites to those of moderators."""
    site = "/sites/<site_key>"
    rule = f"{site}/rules/<int(max={greatest_id}):rule_id>"
    pages.get("/statistics")(statistics.show_all_statistics)
    pages.get("/operations")(operations.show_operations)
    pages.post("/operations")(operations.run_job)
    pages.get("/person")(person.show_person)
    pages.post("/person")(person.find_person)
    pages.post("/person/export")(person.export_person)
    pages.post("/person/erase")(person.erase)
    pages.get("/sites/")(sites.list_sites)
    pages.get("/sites/new")(setup.show_new_site)
    pages.post("/sites/new")(setup.save_new_site)
    pages.get(f"{site}/setup")(setup.show_setup)
    pages.post(f"{site}/setup")(setup.save_basics)
    pages.post(f"{site}/consent")(setup.save_consent)
    pages.post(f"{site}/replies")(setup.save_offer)
    pages.post(f"{site}/origins")(setup.change_origin)
    pages.get(f"{site}/embed")(embedding.show_embed)
    pages.get(f"{site}/threads")(threads.show_threads)
    pages.post(f"{site}/threads/<int(max={greatest_id}):thread_id>")(
        threads.change_thread
    )
    pages.get(f"{site}/care")(caring.show_care)
    pages.post(f"{site}/care")(caring.save_care)
    pages.get(f"{site}/statistics")(statistics.show_statistics)
    pages.get(f"{site}/rules")(rules.show_rules)
    pages.post(f"{site}/rules/preview")(rules.preview_rule)
    pages.post(f"{site}/rules")(rules.save_rule)
    pages.post(rule)(rules.change_rule)
    pages.get(f"{site}/filter")(filtering.show_filter)
    pages.post(f"{site}/filter/preview")(filtering.preview_filter)
    pages.post(f"{site}/filter")(filtering.save_filter)
    upload = f"{site}/import/<int(max={greatest_id}):upload_id>"
    pages.get(f"{site}/import")(importing.show_moving)
    pages.post(f"{site}/import")(importing.begin_upload)
    pages.get(f"{upload}/progress")(importing.show_progress)
    pages.post(f"{upload}/piece")(importing.send_piece)
    pages.post(f"{upload}/accept")(importing.accept_upload)
    pages.post(f"{upload}/cancel")(importing.cancel_upload)
    pages.post(f"{site}/export")(exporting.export)
    pages.get(f"{site}/accuracy")(accuracy.show_accuracy)
    pages.get(f"{site}/opinion")(opinion.show_opinion)
    pages.post(f"{site}/opinion")(opinion.save_opinion)
    pages.post(f"{site}/opinion/secret")(opinion.make_secret)
