"""Countries are known by the names that shops write, and by no others."""

import pytest

from importer.errors import FieldError
from importer.mapping.countries import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("United States (US)", "US"),
        ("United Kingdom", "GB"),
        ("England", "GB"),
        ("Hong Kong SAR China", "HK"),
        ("Côte d’Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Myanmar (Burma)", "MM"),
        ("St. Kitts & Nevis", "KN"),
        ("SAO TOME AND PRINCIPE", "ST"),
        ("Bolivia", "BO"),
        ("Korea, Republic of", "KR"),
        ("Niger", "NE"),
        ("Dominica", "DM"),
        ("Deutschland", "DE"),
        ("Royaume-Uni", "GB"),
        ("Italia", "IT"),
        ("Países Bajos", "NL"),
        ("日本", "JP"),
        ("EL", "GR"),
    ],
)
def test_a_country_is_known_by_code_and_name(name: str, code: str) -> None:
    """Codes of two and three letters, English names with or without accents, and the shops' own languages."""
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["Atlantis", "ZZ", "Congo-Nowhere", "78751", "(US)x"])
def test_any_other_text_is_no_country(name: str) -> None:
    """What nobody knows is told, not guessed."""
    with pytest.raises(FieldError, match="is not a country"):
        country_code(name)
