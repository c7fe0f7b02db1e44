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

SITE = "/sites/<site_key>"


def add_pages(pages: Blueprint, *, greatest_id: int) -> None:
    """Add the pages of sites to those of moderators."""
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
    number = f"int(max={greatest_id})"
    _add_setup(pages, number)
    _add_filter(pages, number)
    _add_moving(pages, number)


def _add_setup(pages: Blueprint, number: str) -> None:
    pages.get(f"{SITE}/setup")(setup.show_setup)
    pages.post(f"{SITE}/setup")(setup.save_basics)
    pages.post(f"{SITE}/consent")(setup.save_consent)
    pages.post(f"{SITE}/replies")(setup.save_offer)
    pages.post(f"{SITE}/origins")(setup.change_origin)
    pages.get(f"{SITE}/embed")(embedding.show_embed)
    pages.get(f"{SITE}/threads")(threads.show_threads)
    pages.post(f"{SITE}/threads/<{number}:thread_id>")(threads.change_thread)


def _add_filter(pages: Blueprint, number: str) -> None:
    """Add what says which comments are published, and how well that goes."""
    pages.get(f"{SITE}/care")(caring.show_care)
    pages.post(f"{SITE}/care")(caring.save_care)
    pages.get(f"{SITE}/statistics")(statistics.show_statistics)
    pages.get(f"{SITE}/rules")(rules.show_rules)
    pages.post(f"{SITE}/rules/preview")(rules.preview_rule)
    pages.post(f"{SITE}/rules")(rules.save_rule)
    pages.post(f"{SITE}/rules/<{number}:rule_id>")(rules.change_rule)
    pages.get(f"{SITE}/filter")(filtering.show_filter)
    pages.post(f"{SITE}/filter/preview")(filtering.preview_filter)
    pages.post(f"{SITE}/filter")(filtering.save_filter)
    pages.get(f"{SITE}/accuracy")(accuracy.show_accuracy)
    pages.get(f"{SITE}/opinion")(opinion.show_opinion)
    pages.post(f"{SITE}/opinion")(opinion.save_opinion)
    pages.post(f"{SITE}/opinion/secret")(opinion.make_secret)


def _add_moving(pages: Blueprint, number: str) -> None:
    upload = f"{SITE}/import/<{number}:upload_id>"
    pages.get(f"{SITE}/import")(importing.show_moving)
    pages.post(f"{SITE}/import")(importing.begin_upload)
    pages.get(f"{upload}/progress")(importing.show_progress)
    pages.post(f"{upload}/piece")(importing.send_piece)
    pages.post(f"{upload}/accept")(importing.accept_upload)
    pages.post(f"{upload}/cancel")(importing.cancel_upload)
    pages.post(f"{SITE}/export")(exporting.export)
