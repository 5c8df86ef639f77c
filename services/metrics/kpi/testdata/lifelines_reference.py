"""Prints the figures that horizon_test compares with: the Aalen-Johansen estimate of lifelines.

    python3 -m venv /tmp/lifelines && /tmp/lifelines/bin/pip install lifelines==0.30.3
    /tmp/lifelines/bin/python services/metrics/kpi/testdata/lifelines_reference.py

Not run by the tests, which would need 400 MB of packages for four figures. No two ages are equal,
because lifelines breaks ties by chance.
"""
import numpy
from lifelines import AalenJohansenFitter

COUNT = 400
ages = numpy.array([1 + i * 7919 % 10007 for i in range(COUNT)], dtype=float)
ends = numpy.array([(i * i * 31 + i * 17) // 5 % 3 for i in range(COUNT)])  # 0 open, 1 won, 2 lost.
fitter = AalenJohansenFitter(calculate_variance=True)
fitter.fit(ages, ends, event_of_interest=1)
for horizon in (500, 2500, 5000, 9000):
    row = fitter.cumulative_density_[fitter.cumulative_density_.index <= horizon].iloc[-1, 0]
    interval = fitter.confidence_interval_[fitter.confidence_interval_.index <= horizon].iloc[-1]
    print(horizon, f"{row:.9f} {interval.iloc[0]:.9f} {interval.iloc[1]:.9f}")
