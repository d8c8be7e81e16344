"""The demo's doubles: one man entered twice, ready to be merged and parted again; two men of one name, told apart."""

from agencies.models import Agency
from agencies.principal import Principal
from agencies.roles import Role
from cases.clashes import possible_doubles
from cases.doubles import pairs
from cases.models import Nominal, TwoPeople
from cases.services.merging import may_merge_nominals, merge_nominals, undo_merge
from exchange.demo.load import NOT_ONE_MAN
from mappa import clock
from tests.factories.agencies import MembershipFactory


def test_one_man_is_merged_and_parted_and_two_men_stay_two(demonstration: object) -> None:
    today = clock.today()
    police = Agency.objects.get(area__slug="derbyshire", slug="police")
    member = MembershipFactory.create(area=police.area, agency=police, role=Role.COORDINATOR)
    by = Principal.for_membership(member, on=today)
    tufa = Nominal.objects.get(given_names="Kieran", family_name="Tufa")
    tuffer = Nominal.objects.get(given_names="Kieron", family_name="Tuffer")

    assert {tufa.pk, tuffer.pk} in [{pair.one.pk, pair.other.pk} for pair in pairs(by)]
    for kept, absorbed in ((tufa, tuffer), (tuffer, tufa)):
        assert may_merge_nominals(kept, by=by, today=today, absorbed=absorbed, reason="The same fingerprints")
    merge_nominals(by=by, today=today, kept_id=tufa.pk, absorbed_id=tuffer.pk, reason="The same fingerprints")
    undo_merge(by=by, today=today, kept_id=tufa.pk, reason="Two men after all")
    assert not Nominal.objects.filter(merged_into__isnull=False).exists()

    mark = TwoPeople.objects.get()
    assert {(row.given_names, row.family_name) for row in (mark.one, mark.other)} == {NOT_ONE_MAN}
    assert possible_doubles(by, mark.one) == []
