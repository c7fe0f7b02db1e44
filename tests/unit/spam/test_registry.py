import pkgutil
from itertools import pairwise

from moderation.spam import heuristics
from moderation.spam.heuristics import (
    call_to_action,
    link_density,
    listed_phrases,
    money,
    rate,
)
from moderation.spam.points import POINTS
from moderation.spam.registry import HEURISTICS


def test_every_file_of_heuristics_is_registered() -> None:
    files = {module.name for module in pkgutil.iter_modules(heuristics.__path__)}

    registered = {heuristic.__module__.rpartition(".")[2] for heuristic in HEURISTICS}

    assert registered == files
    assert len(HEURISTICS) == len(files)


def test_a_heuristic_is_named_after_its_file_and_says_whom_it_catches() -> None:
    for heuristic in HEURISTICS:
        file = heuristic.__module__.rpartition(".")[2]
        assert heuristic.__name__ == f"find_{file}"
        assert "Weight" in (heuristic.__doc__ or "") or "weight" in (
            heuristic.__doc__ or ""
        )


def test_cues_for_honesty_are_capped() -> None:
    assert min(points for name, points in POINTS.items() if name != "baseline") >= -1.1


def test_stronger_evidence_never_weighs_less() -> None:
    tables = (
        call_to_action.STEPS,
        link_density.STEPS,
        listed_phrases.STEPS,
        listed_phrases.UNLINKED_STEPS,
        money.STEPS,
        rate.NETWORK_STEPS,
    )
    for steps in tables:
        for (more, heavy), (less, light) in pairwise(steps):
            assert more > less
            assert POINTS[heavy] > POINTS[light]
