"""
LocalStack evaluates a metric alarm once every Period x EvaluationPeriods. AWS looks each minute, or each 10 s for short periods,
whatever the number of periods. Here all alarms are looked at in one interval of our choice.
"""

from localstack.services.cloudwatch import alarm_scheduler

from .settings import SETTINGS


def apply() -> None:
    schedule = alarm_scheduler.Scheduler.schedule

    def schedule_often(self, func, period=None, **options):
        if func is alarm_scheduler.calculate_alarm_state:
            period = SETTINGS.alarm_evaluation_seconds
        return schedule(self, func=func, period=period, **options)

    alarm_scheduler.Scheduler.schedule = schedule_often
