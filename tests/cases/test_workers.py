"""Several workers at once do the work once."""

from datetime import timedelta
from threading import Barrier, Thread

from django.db import connection

from cases.models import Obligation
from cases.services.obligations import Corrections, reconcile
from rules.vocabulary import Level
from tests.factories import cases as make
from tests.factories.agencies import AreaFactory
from tests.factories.cases import TODAY


def test_several_workers_correct_once(own_database: object) -> None:
    area = AreaFactory()
    for number in range(6):
        make.nominal(area, levels=(make.at_level(Level.TWO),), meetings=(make.meeting(TODAY - timedelta(days=number)),))
    Obligation.objects.all().delete()
    together, done = Barrier(4), []

    def work() -> None:
        try:
            together.wait()
            done.append(reconcile(by=make.system(), today=TODAY))
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(done, Corrections()) == Corrections(added=6)
    assert Obligation.objects.count() == 6
