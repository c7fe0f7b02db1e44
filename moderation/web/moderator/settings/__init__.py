"""The owner's controls: a site's rules, its filter, and how the filter did."""

from flask import Blueprint

from moderation.web.moderator.settings import accuracy, filtering, rules, sites


def add_pages(pages: Blueprint, *, greatest_id: int) -> None:
    """Add the pages of sites to those of moderators."""
    site = "/sites/<site_key>"
    rule = f"{site}/rules/<int(max={greatest_id}):rule_id>"
    pages.get("/sites/")(sites.list_sites)
    pages.get(f"{site}/rules")(rules.show_rules)
    pages.post(f"{site}/rules/preview")(rules.preview_rule)
    pages.post(f"{site}/rules")(rules.save_rule)
    pages.post(rule)(rules.change_rule)
    pages.get(f"{site}/filter")(filtering.show_filter)
    pages.post(f"{site}/filter/preview")(filtering.preview_filter)
    pages.post(f"{site}/filter")(filtering.save_filter)
    pages.get(f"{site}/accuracy")(accuracy.show_accuracy)
