"""Nothing grows beyond what one person can hold in mind. What is asked for is smaller: see STYLE.md."""

from __future__ import annotations

from tests.architecture import sizes


def test_no_module_has_more_than_500_lines() -> None:
    assert {name: size for name, size in sizes.modules().items() if size > 500} == {}, sizes.report()


def test_no_function_has_more_than_80_lines() -> None:
    assert {name: size for name, size in sizes.functions().items() if size > 80} == {}, sizes.report()


def test_no_template_and_no_behaviour_has_more_than_100_lines() -> None:
    assert {name: size for name, size in sizes.templates().items() if size > 100} == {}, sizes.report()
