"""
LocalStack evaluates a metric alarm once every Period x EvaluationPeriods. AWS looks each minute, or each 10 s where the period is shorter
than a minute, whatever the number of periods. Here alarms with short periods are looked at in the interval of our choice, and all others
six times as seldom. An interval is counted from the end of an evaluation: LocalStack makes up for those that it missed while the machine
was busy, and with one thread a new alarm's first evaluation comes after all of them.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from localstack.services.cloudwatch import alarm_scheduler

from .settings import SETTINGS

MINUTE = 60
SHORT_PERIOD = 10


def apply() -> None:
    schedule = alarm_scheduler.Scheduler.schedule

    def schedule_often(self, func, **options):
        if func is alarm_scheduler.calculate_alarm_state:
            (arn,) = options["args"]
            options |= {"period": interval_of(arn), "fixed_rate": False}
        return schedule(self, func=func, **options)

    alarm_scheduler.Scheduler.schedule = schedule_often


def interval_of(arn: str) -> float:
    alarm = alarm_scheduler.get_metric_alarm_details_for_alarm_arn(arn)
    seldom = alarm is not None and alarm["Period"] >= MINUTE
    return SETTINGS.alarm_evaluation_seconds * (MINUTE / SHORT_PERIOD if seldom else 1)
