-- Rates are read from the latest minutes of all environments, and the key of the sums leads with the environment.
create index statistic_minute on statistic (minute);
