"""What days teach, against days that were made with known numbers; documents; corrections; the yardstick."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from statistics import fmean, median

import pytest

from ihh.domain.estimate import Calibration, DoneToday, Wait, naive_wait
from ihh.domain.estimate import calibration as calibrations
from ihh.domain.estimate import history as histories
from ihh.domain.estimate.calibration import HORIZONS, Correction, Pair, recalibrated
from ihh.domain.estimate.history import COLD, PATIENCE_EDGES, SHARES
from ihh.domain.estimate.learning import Days, Served, Stay, learn

DAY = date(2026, 12, 1)


def services(
    count: int,
    *,
    mean: float,
    sd: float,
    planned: float = 20.0,
    size: int = 1,
    name: str = "s",
    seed: int = 1,
) -> list[Served]:
    rng = random.Random(f"{name} {size} {seed}")
    return [
        Served(DAY + timedelta(days=index % 20), "a", f"d{index % 3}", name, size, planned, minutes)
        for index, minutes in enumerate(rng.lognormvariate(math.log(mean), sd) for _ in range(count))
    ]


class TestServiceTimes:
    def test_many_services_tell_their_own_length(self):
        found = learn(Days(services(2000, mean=12, sd=0.5))).service("s", 1, 20.0)
        assert math.exp(found.log_mean) == pytest.approx(12, rel=0.05)
        assert found.log_sd == pytest.approx(0.5, rel=0.05)

    def test_a_few_stay_close_to_the_configured_minutes(self):
        plain = math.exp(COLD.service("s", 1, 20.0).log_mean)
        found = math.exp(learn(Days(services(2, mean=6, sd=0.01))).service("s", 1, 20.0).log_mean)
        assert math.sqrt(6 * plain) < found < plain

    def test_the_more_there_are_the_further_they_move_it(self):
        lengths = [
            learn(Days(services(count, mean=6, sd=0.1))).service("s", 1, 20.0).log_mean
            for count in (0, 1, 3, 10, 30, 100)
        ]
        assert lengths == sorted(lengths, reverse=True)

    def test_a_size_never_seen_is_reckoned_from_the_service_and_from_that_size_elsewhere(self):
        """Pairs take half as long again everywhere; "t" takes half its time, and had no pair yet."""
        seen = [
            *services(500, mean=18, sd=0.3),
            *services(500, mean=27, sd=0.3, size=2),
            *services(500, mean=9, sd=0.3, name="t"),
        ]
        found = math.exp(learn(Days(seen)).service("t", 2, 20.0).log_mean)
        assert found == pytest.approx(13.5, rel=0.1)

    def test_a_service_nobody_knows_is_as_configured(self):
        found = learn(Days(services(500, mean=6, sd=0.3))).service("new", 1, 30.0)
        assert found.log_mean == pytest.approx(COLD.service("new", 1, 30.0).log_mean, abs=0.1)

    def test_an_evening_on_which_nobody_pressed_complete_spoils_nothing(self):
        seen = services(300, mean=12, sd=0.3)
        forgotten = [Served(DAY, "a", "d1", "s", 1, 20.0, 600.0)] * 3
        with_them, without = (learn(Days(rows)).service("s", 1, 20.0) for rows in (seen + forgotten, seen))
        assert with_them.log_mean == pytest.approx(without.log_mean, abs=0.05)

    def test_the_shape_of_lengths_is_measured(self):
        """Evenly spread between 5 and 35 minutes: nothing is longer than 35."""
        rng = random.Random(7)
        seen = [Served(DAY, "a", "d1", "s", 1, 20.0, rng.uniform(5, 35)) for _ in range(4000)]
        found = learn(Days(seen))
        time = found.service("s", 1, 20.0)
        longest = math.exp(time.log_mean + time.log_sd * found.shape[-1])
        assert longest == pytest.approx(35, rel=0.12)


class TestPace:
    def days(self, spread: float, desk_spread: float = 0.0) -> Days:
        rng = random.Random(3)
        day_of = [rng.gauss(0, spread) for _ in range(60)]
        desk_of = {f"d{number}": rng.gauss(0, desk_spread) for number in range(8)}
        return Days(
            [
                Served(
                    DAY + timedelta(days=day),
                    "a",
                    desk,
                    "s",
                    1,
                    20.0,
                    math.exp(3 + day_of[day] + own + rng.gauss(0, 0.4)),
                )
                for day in range(60)
                for desk, own in desk_of.items()
                for _ in range(6)
            ]
        )

    def test_days_that_differ_are_told_from_chance(self):
        assert learn(self.days(0.25)).day_sd == pytest.approx(0.25, abs=0.05)
        assert learn(self.days(0.0)).day_sd < 0.07

    def test_so_are_desks(self):
        found = learn(self.days(0.1, desk_spread=0.3))
        assert found.desk_sd > 0.15
        assert max(found.desks.values()) - min(found.desks.values()) > 0.4
        assert learn(self.days(0.1)).desk_sd < 0.06


class TestPeople:
    def test_punctuality(self):
        rng = random.Random(5)
        came = [rng.gauss(-6, 4) for _ in range(900)]
        found = learn(Days(lateness=[*came, *[None] * 100]))
        assert found.show_rate == pytest.approx(0.9, abs=0.01)
        assert found.lateness[len(SHARES) // 2] == pytest.approx(median(came), abs=0.7)

    def test_patience_by_how_long_they_have_been_here(self):
        """Nobody goes in the first half hour; then a hundredth of those who are left in each minute."""
        rng = random.Random(6)
        stays = []
        for _ in range(3000):
            leaves, begins = 30 + rng.expovariate(0.01), rng.uniform(0, 120)
            stays.append(Stay(False, min(leaves, begins), gave_up=leaves < begins))
        rates = dict(zip(PATIENCE_EDGES, learn(Days(stays=stays)).leaving["walk_in"], strict=True))
        assert rates[0.0] < 0.0005
        assert rates[45.0] == pytest.approx(0.01, rel=0.2)
        assert rates[90.0] == pytest.approx(0.01, rel=0.3)

    def test_answers(self):
        assert learn(Days(calls=1000, unanswered=80)).unanswered_rate == pytest.approx(0.08, abs=0.005)

    def test_without_a_day_everything_is_as_it_was_guessed(self):
        assert histories.to_document(learn(Days())) == histories.to_document(COLD)


class TestDocuments:
    def test_a_history_survives_being_written_down(self):
        learned = learn(
            Days(
                services(300, mean=12, sd=0.4),
                [Stay(True, 20.0, False)] * 9,
                [3.0, None],
                50,
                2,
                [0.5],
                [0.2],
                20,
            )
        )
        again = histories.from_document(histories.to_document(learned))
        assert again.services.keys() == learned.services.keys()
        assert again.service("s", 1, 20.0).log_mean == pytest.approx(
            learned.service("s", 1, 20.0).log_mean, abs=1e-4
        )
        assert histories.to_document(again) == histories.to_document(learned)

    def test_so_does_a_calibration(self):
        known = Calibration(tuple(Correction(0.5 * index, 1.1, 0.9, 100) for index in range(len(HORIZONS))))
        assert calibrations.from_document(calibrations.to_document(known)) == known

    def test_one_of_another_make_is_not_believed(self):
        with pytest.raises((KeyError, TypeError, ValueError)):
            calibrations.from_document({"horizons": [1.0], "corrections": []})
        with pytest.raises((KeyError, TypeError, ValueError)):
            histories.from_document({"days": 3})


class TestCalibration:
    def told(self, middle: float, width: float, count: int, error) -> list[Pair]:
        rng = random.Random(9)
        return [Pair(Wait(middle - width, middle, middle + width), middle + error(rng)) for _ in range(count)]

    def test_a_middle_that_is_always_short_moves_up(self):
        found = recalibrated(Calibration(), self.told(18.0, 8.0, 6000, lambda rng: 4 + rng.gauss(0, 5)))
        assert found.apply(Wait(10, 18, 26)).p50 == pytest.approx(22, abs=0.4)

    def test_each_side_is_stretched_by_itself(self):
        """Late waits are spread three times as far as early ones."""

        def error(rng):
            far = abs(rng.gauss(0, 5))
            return 3 * far if rng.random() < 0.5 else -far

        calibration = Calibration()
        for _ in range(30):
            told = calibration.apply(Wait(10, 18, 26))
            rng = random.Random(9)
            calibration = recalibrated(calibration, [Pair(told, 18 + error(rng)) for _ in range(400)])
        told = calibration.apply(Wait(10, 18, 26))
        rng = random.Random(10)
        waits = [18 + error(rng) for _ in range(4000)]
        assert fmean(wait < told.p10 for wait in waits) == pytest.approx(0.1, abs=0.03)
        assert fmean(wait > told.p90 for wait in waits) == pytest.approx(0.1, abs=0.03)

    def test_a_horizon_without_pairs_stays_as_it_is(self):
        found = recalibrated(Calibration(), self.told(55.0, 20.0, 500, lambda rng: 10.0))
        changed = [minutes for minutes, each in zip(HORIZONS, found.corrections, strict=True) if each.n]
        assert changed == [55.0]
        assert found.apply(Wait(1, 2, 3)) == Wait(1, 2, 3)

    def test_one_night_never_more_than_doubles_a_range(self):
        found = recalibrated(Calibration(), self.told(18.0, 1.0, 10_000, lambda rng: rng.gauss(0, 60)))
        assert all(0.5 <= each.up <= 2 and 0.5 <= each.down <= 2 for each in found.corrections)

    def test_who_is_called_at_once_is_told_so(self):
        wide = Calibration((Correction(3.0, 2.0, 2.0, 10),) * len(HORIZONS))
        assert wide.apply(Wait(0, 0, 0)) == Wait(0, 0, 0)

    def test_no_wait_is_less_than_nothing(self):
        wide = Calibration((Correction(-30.0, 5.0, 2.0, 10),) * len(HORIZONS))
        told = wide.apply(Wait(3, 9, 20))
        assert (told.p10, told.p50) == (0, 0)
        assert told.p90 > 0


class TestYardstick:
    DONE = (DoneToday("a", "d", "s", 1, 20.0, (8.0,) * 6), DoneToday("a", "e", "t", 1, 30.0, (16.0,) * 4))

    @pytest.mark.parametrize(
        ("ahead", "done", "desks", "wait"),
        [
            (0, (), [False], 20),
            (0, (), [False, True], 0),
            (2, (), [True], 60),
            (2, (), [False, False], 30),
            (2, (), [], 60),
            (2, DONE[:1], [False], 60),
            (2, DONE, [False], 3 * 11.2),
        ],
    )
    def test_as_defined(self, ahead, done, desks, wait):
        assert naive_wait(ahead, planned=20.0, done=done, desks=desks) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("wait", "low", "high"),
    [
        (Wait(0, 0, 0), 0, 5),
        (Wait(4.9, 7, 9.9), 0, 10),
        (Wait(5, 9, 10), 5, 10),
        (Wait(10, 10, 10), 10, 15),
        (Wait(12, 20, 31), 10, 35),
    ],
)
def test_ranges_are_told_in_steps_of_five_rounded_outwards(wait, low, high):
    assert (wait.low, wait.high) == (low, high)
    assert wait.low <= wait.p10 <= wait.p90 <= wait.high
