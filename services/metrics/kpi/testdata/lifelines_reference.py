"""Prints the figures that horizon_test and metrics_bpi2012_test compare with: the Aalen-Johansen
estimate of lifelines.

    python3 -m venv /tmp/lifelines && /tmp/lifelines/bin/pip install lifelines==0.30.3
    /tmp/lifelines/bin/python services/metrics/kpi/testdata/lifelines_reference.py [DATASETS]

With the folder of the public datasets it also prints, from the loan applications of the BPI
Challenge 2012, per horizon: the share won by that age, its interval, and the age by which half of
these were won. Not run by the tests, which would need 400 MB of packages for a dozen figures. No
two ages are equal, because lifelines breaks ties by chance.
"""
import csv
import datetime
import gzip
import sys

import numpy
from lifelines import AalenJohansenFitter

COUNT = 400
WON = ("A_APPROVED", "A_REGISTERED", "A_ACTIVATED")
LOST = ("A_DECLINED", "A_CANCELLED")
LAST_DAY = datetime.date(2011, 12, 31)


def fit(ages, ends):
    """0 open, 1 won, 2 lost."""
    fitter = AalenJohansenFitter(calculate_variance=True)
    fitter.fit(ages, ends, event_of_interest=1)
    return fitter


def print_share(fitter, horizon, end):
    """What is known just before the age `end`."""
    shares = fitter.cumulative_density_.iloc[:, 0]
    share = shares[shares.index < end].iloc[-1]
    intervals = fitter.confidence_interval_
    interval = intervals[intervals.index < end].iloc[-1]
    half = shares[shares >= share / 2].index[0]
    print(horizon, f"{share:.9f} {interval.iloc[0]:.9f} {interval.iloc[1]:.9f} half at {half:.3f}")


def loan_applications(path):
    """Age in whole days in UTC and end of each application."""
    events = {}
    with gzip.open(path, "rt") as rows:
        for row in csv.DictReader(rows):
            if row["activity"].startswith("A_"):
                time = datetime.datetime.fromisoformat(row["timestamp"])
                day = time.astimezone(datetime.timezone.utc).date()
                events.setdefault(row["case_id"], []).append((day, row["activity"]))
    for path_of_case in events.values():
        day, stage = path_of_case[-1]
        end = 1 if stage in WON else 2 if stage in LOST else 0
        yield ((day if end else LAST_DAY) - path_of_case[0][0]).days, end


generated = fit(numpy.array([1 + i * 7919 % 10007 for i in range(COUNT)], dtype=float),
                numpy.array([(i * i * 31 + i * 17) // 5 % 3 for i in range(COUNT)]))
for days in (500, 2500, 5000, 9000):
    print_share(generated, days, days + 0.5)

if len(sys.argv) > 1:
    cases = list(loan_applications(f"{sys.argv[1]}/bpic2012/bpic2012_events_before_2012.csv.gz"))
    whole = numpy.array([age for age, _ in cases], dtype=float)
    ends = numpy.array([end for _, end in cases])
    # Within a day one end after the other, and the open ones after all ends. The order among ends
    # does not change the share: each end of a day counts by those at risk when the day begins.
    ages = whole + (numpy.arange(len(cases)) + 1) / (4 * len(cases)) + (ends == 0) / 2
    applications = fit(ages, ends)
    for days in (7, 14, 30, 60):
        print_share(applications, days, days + 1)
