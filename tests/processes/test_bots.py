"""What bots make of a page: the fields a browser would send, and only those a person would see."""

import random

from hypothesis import given
from hypothesis import strategies as st

from multivocal.studies.simulate.answers import fill_form, holds
from multivocal.studies.simulate.census import Profile, draw_profile, read_census
from multivocal.studies.simulate.forms import find_form
from multivocal.studies.simulate.markup import parse_page
from multivocal.studies.simulate.records import quantile

PAGE = """
<html lang="en"><main><form id="stage" method="post" action="/s/x/here/">
<input type="hidden" name="stage" value="about"><input type="hidden" name="key" value="k1">
<fieldset id="field-age"><legend>How old are you</legend>
  <label class="option"><input type="radio" name="age" value="a1"> <span>18-24 years</span></label>
  <label class="option"><input type="radio" name="age" value="a2"> <span>25-34 years</span></label></fieldset>
<fieldset id="field-use"><legend>Do you use it</legend>
  <label><input type="radio" name="use" value="yes" checked> Yes</label>
  <label><input type="radio" name="use" value="no" disabled> No</label></fieldset>
<fieldset id="field-why" data-item="why" data-show-if='{"item": "use", "any": ["no"]}'><legend>Why not</legend>
  <textarea name="why" maxlength="40"></textarea></fieldset>
<fieldset id="field-many"><legend>Which</legend>
  <label><input type="checkbox" name="many" value="other"> Other</label>
  <div><input type="text" name="many.other.text" maxlength="200"></div></fieldset>
<fieldset class="scales" id="field-vas"><legend>How much</legend>
  <div class="scale-row" id="field-vas.r1"><p class="scale-label">Facts</p>
  <input type="number" class="vas" name="vas.r1" min="0" max="100" value=""></div></fieldset>
</form></main><button class="button" form="stage" name="go" value="decline" formnovalidate>No</button>
<button class="button primary" form="stage" type="submit">Go on</button></html>
"""
PERSON = Profile("GBR", 28, "25-34", "Asian", "Female")


def sent(seed: int) -> dict[str, str]:
    form = find_form(parse_page(PAGE))
    assert form is not None
    return dict(fill_form(form, PERSON, "en", random.Random(seed), tries=1))


def test_a_form_is_filled_as_the_person_would() -> None:
    pairs = sent(1)
    assert (pairs["stage"], pairs["key"]) == ("about", "k1")
    assert pairs["age"] == "a2", "a person of 28 chooses their own band"
    assert pairs["use"] == "yes", "a disabled answer cannot be chosen"
    assert 0 <= int(pairs["vas.r1"]) <= 100
    assert "go" not in pairs, "the main button is the nameless one"


def test_what_is_hidden_is_not_sent() -> None:
    assert "why" not in sent(1)


@given(st.integers(0, 10_000))
def test_an_other_text_goes_with_its_option(seed: int) -> None:
    pairs = sent(seed)
    assert ("many.other.text" in pairs) == (pairs.get("many") == "other")


def test_conditions_read_as_the_server_reads_them() -> None:
    chosen = {"use": ["yes"], "empty": []}
    assert holds({"item": "use", "any": ["yes", "no"]}, chosen)
    assert not holds({"item": "use", "none": ["yes"]}, chosen)
    assert holds({"item": "empty", "none": ["yes"]}, chosen)
    assert not holds({"item": "empty", "not_empty": True}, chosen)
    either = {"any_of": [{"item": "empty", "not_empty": True}, {"item": "use", "any": ["yes"]}]}
    assert holds(either, chosen)
    assert not holds({"all_of": either["any_of"]}, chosen)


def test_profiles_follow_the_census() -> None:
    cells = read_census()
    rng = random.Random(5)
    drawn = [draw_profile(cells, rng) for _ in range(4000)]
    women = sum(one.sex == "Female" for one in drawn) / len(drawn)
    young = sum(one.band == "18-24" for one in drawn) / len(drawn)
    assert 0.47 < women < 0.56
    assert 0.08 < young < 0.15
    assert all(one.age >= 18 for one in drawn)


def test_quantiles_are_nearest_ranks() -> None:
    values = [float(n) for n in range(1, 101)]
    assert quantile(values, 0.5) == 50
    assert quantile(values, 0.95) == 95
    assert quantile([7.0], 0.95) == 7
