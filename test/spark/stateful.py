"""The user functions of the golden queries with arbitrary state, in PySpark. stateful.ts has the same functions under the same names.

All of them put out rows (k STRING, what STRING, n BIGINT), so that answers read alike; times are milliseconds since 1970.
"""

import pandas as pd
from pyspark.sql import Row
from pyspark.sql.streaming import StatefulProcessor
from pyspark.sql.streaming.state import GroupStateTimeout

OUTPUT = "k STRING, what STRING, n BIGINT"
TIMED_OUTPUT = "time TIMESTAMP, k STRING, n BIGINT"


def out(key, what, n):
    return Row(k=None if key[0] is None else str(key[0]), what=what, n=n)


def ms(row):
    return int(row.time.timestamp() * 1000)


class Base(StatefulProcessor):
    def init(self, handle):
        self.handle = handle

    def handleInputRows(self, key, rows, timerValues):
        return iter([])

    def close(self):
        pass


class Count(Base):
    """A running count per key."""

    def init(self, handle):
        self.count = handle.getValueState("count", "n BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        n = (self.count.get()[0] if self.count.exists() else 0) + len(list(rows))
        self.count.update((n,))
        yield out(key, "count", n)


class CountThenForget(Count):
    """A running count that is cleared when it reaches three."""

    def handleInputRows(self, key, rows, timerValues):
        for one in super().handleInputRows(key, rows, timerValues):
            yield one
            if one.n >= 3:
                self.count.clear()
                yield out(key, "cleared, exists " + str(self.count.exists()).lower(), one.n)


class Values(Base):
    """The list of all values of a key; at more than four it starts again with the two largest."""

    def init(self, handle):
        self.values = handle.getListState("values", "v BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        new = sorted(r.v for r in rows)
        self.values.appendList([(v,) for v in new[:-1]]) if len(new) > 1 else None
        self.values.appendValue((new[-1],))
        held = [t[0] for t in self.values.get()]
        yield out(key, ",".join(str(v) for v in held), len(held))
        if len(held) > 4:
            self.values.put([(v,) for v in sorted(held)[-2:]])
        if 99 in held:
            self.values.clear()
            yield out(key, "cleared", len(list(self.values.get())))


class Actions(Base):
    """How often each key had each action; the action 'forget' takes the others out one by one, 'clear' all at once."""

    def init(self, handle):
        self.actions = handle.getMapState("actions", "a STRING", "n BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        for action in sorted(r.action for r in rows):
            if action == "forget":
                for (a,) in sorted(self.actions.keys()):
                    self.actions.removeKey((a,))
            elif action == "clear":
                self.actions.clear()
            else:
                n = self.actions.getValue((action,))[0] if self.actions.containsKey((action,)) else 0
                self.actions.updateValue((action,), (n + 1,))
        entries = sorted((k[0], v[0]) for k, v in self.actions.iterator())
        yield out(key, ",".join(f"{a}={n}" for a, n in entries), sum(v[0] for v in self.actions.values()))


class Quiet(Base):
    """Says when a key was quiet for ten seconds of event time: the timer moves with each row."""

    def init(self, handle):
        self.handle = handle
        self.state = handle.getValueState("seen", "n BIGINT, due BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        rows = list(rows)
        n, due = self.state.get() if self.state.exists() else (0, 0)
        if due > 0:
            self.handle.deleteTimer(due)
        due = max([due] + [ms(r) + 10_000 for r in rows])
        self.handle.registerTimer(due)
        self.state.update((n + len(rows), due))
        yield out(key, "seen", n + len(rows))

    def handleExpiredTimer(self, key, timerValues, expiredTimerInfo):
        n, _ = self.state.get()
        self.state.clear()
        yield out(key, f"quiet {expiredTimerInfo.getExpiryTimeInMs()}", n)
        yield out(key, "watermark", timerValues.getCurrentWatermarkInMs())


class ManyTimers(Base):
    """A timer per row at its time; lists the timers before and after; an odd v is deleted again."""

    def handleInputRows(self, key, rows, timerValues):
        for row in rows:
            self.handle.registerTimer(ms(row))
            self.handle.registerTimer(ms(row))
            if row.v % 2 == 1:
                self.handle.deleteTimer(ms(row))
        timers = sorted(self.handle.listTimers())
        yield out(key, ",".join(str(t % 100_000) for t in timers), len(timers))

    def handleExpiredTimer(self, key, timerValues, expiredTimerInfo):
        yield out(key, f"fired with {len(list(self.handle.listTimers()))} left", expiredTimerInfo.getExpiryTimeInMs() % 100_000)


class Chain(Base):
    """Each fired timer registers the next one, ten seconds later, three times; also ones that are due already."""

    def init(self, handle):
        self.handle = handle
        self.step = handle.getValueState("step", "n BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        self.handle.registerTimer(max(ms(r) for r in rows))
        return iter([])

    def handleExpiredTimer(self, key, timerValues, expiredTimerInfo):
        n = self.step.get()[0] if self.step.exists() else 0
        self.step.update((n + 1,))
        if n < 3:
            self.handle.registerTimer(expiredTimerInfo.getExpiryTimeInMs() + (10_000 if n == 0 else 1))
        yield out(key, f"step {n}", expiredTimerInfo.getExpiryTimeInMs() % 100_000)


class DeletesAnother(Base):
    """Two timers; the handler of the first deletes the second."""

    def handleInputRows(self, key, rows, timerValues):
        for row in rows:
            self.handle.registerTimer(ms(row))
            self.handle.registerTimer(ms(row) + 1000)
        return iter([])

    def handleExpiredTimer(self, key, timerValues, expiredTimerInfo):
        at = expiredTimerInfo.getExpiryTimeInMs()
        self.handle.deleteTimer(at + 1000)
        yield out(key, "fired", at % 100_000)


class DueNow(Base):
    """Processing time: one timer that is due, one that is due long after."""

    def handleInputRows(self, key, rows, timerValues):
        now = timerValues.getCurrentProcessingTimeInMs()
        self.handle.registerTimer(now)
        self.handle.registerTimer(now + 86_400_000)
        self.handle.registerTimer(now - 1)
        yield out(key, "rows", len(list(rows)))

    def handleExpiredTimer(self, key, timerValues, expiredTimerInfo):
        yield out(key, "fired", expiredTimerInfo.getExpiryTimeInMs() - timerValues.getCurrentProcessingTimeInMs())


class ShortLived(Base):
    """State that expires before the next batch."""

    def init(self, handle):
        self.value = handle.getValueState("value", "n BIGINT", 1)
        self.values = handle.getListState("values", "n BIGINT", 1)
        self.entries = handle.getMapState("entries", "k STRING", "n BIGINT", 1)
        self.kept = handle.getValueState("kept", "n BIGINT", 86_400_000)
        self.always = handle.getValueState("always", "n BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        n = len(list(rows))
        before = (self.value.exists(), len(list(self.values.get())), self.entries.containsKey(("a",)), self.kept.exists(), self.always.exists())
        for state in (self.value, self.kept, self.always):
            state.update((n,))
        self.values.appendValue((n,))
        self.entries.updateValue(("a",), (n,))
        after = (self.value.exists(), len(list(self.values.get())), self.entries.containsKey(("a",)))
        yield out(key, f"{before} then {after}".lower(), n)


class Deletes(Base):
    """A variable that the processor gives up at its start."""

    def init(self, handle):
        self.count = handle.getValueState("count", "n BIGINT")
        handle.getValueState("old", "n BIGINT")
        handle.deleteIfExists("old")
        handle.deleteIfExists("never there")

    handleInputRows = Count.handleInputRows


class Starting(Count):
    """Counts that start at what the initial state says."""

    def handleInitialState(self, key, initialState, timerValues):
        before = self.count.get()[0] if self.count.exists() else 0
        self.count.update((before + initialState.start,))


class Echo(Base):
    """The rows as they are, with their time; stateless."""

    def handleInputRows(self, key, rows, timerValues):
        for row in rows:
            yield Row(time=row.time, k=key[0], n=row.v)


class EchoOld(Base):
    """Rows an hour older than what came in."""

    def handleInputRows(self, key, rows, timerValues):
        for row in rows:
            yield Row(time=row.time - pd.Timedelta(hours=1).to_pytimedelta(), k=key[0], n=row.v)


class Throws(Base):
    def handleInputRows(self, key, rows, timerValues):
        raise ValueError("the processor fails")


class SameNameTwice(Base):
    def init(self, handle):
        handle.getValueState("count", "n BIGINT")
        handle.getListState("count", "n BIGINT")


class TtlInEventTime(Base):
    def init(self, handle):
        handle.getValueState("count", "n BIGINT", 1000)


class NegativeTtl(Base):
    def init(self, handle):
        handle.getValueState("count", "n BIGINT", -1)


class TimerWithoutTime(Base):
    def handleInputRows(self, key, rows, timerValues):
        self.handle.registerTimer(1)
        return iter([])


class NullValue(Base):
    def init(self, handle):
        self.values = handle.getListState("values", "n BIGINT")

    def handleInputRows(self, key, rows, timerValues):
        self.values.put([])
        return iter([])


class LateVariable(Base):
    def handleInputRows(self, key, rows, timerValues):
        self.handle.getValueState("late", "n BIGINT")
        return iter([])


PROCESSORS = {
    cls.__name__: cls
    for cls in (Count, CountThenForget, Values, Actions, Quiet, ManyTimers, Chain, DeletesAnother, DueNow, ShortLived, Deletes, Starting, Echo, EchoOld, Throws,
                SameNameTwice, TtlInEventTime, NegativeTtl, TimerWithoutTime, NullValue, LateVariable)
}


def frame(key, what, n):
    return pd.DataFrame({"k": [key[0]], "what": [what], "n": [n]})


def group_count(key, chunks, state):
    n = (state.getOption[0] if state.exists else 0) + sum(len(c) for c in chunks)
    state.update((n,))
    yield frame(key, "count", n)


def group_count_remove(key, chunks, state):
    for one in group_count(key, chunks, state):
        yield one
        if one["n"][0] >= 3:
            state.remove()
            yield frame(key, "removed, exists " + str(state.exists).lower(), one["n"][0])


def group_none(key, chunks, state):
    return iter([])


def group_event_timeout(key, chunks, state):
    """A timeout at the largest time + 10 s; set only when there is data, so a group times out once."""
    if state.hasTimedOut:
        n = state.get[0]
        state.remove()
        yield frame(key, "timed out", n)
        yield frame(key, "watermark", state.getCurrentWatermarkMs())
        return
    rows = pd.concat(list(chunks))
    n = (state.get[0] if state.exists else 0) + len(rows)
    state.update((n,))
    state.setTimeoutTimestamp(int(rows["time"].max().timestamp() * 1000) + 10_000)
    yield frame(key, "seen", n)


def group_timeout_not_renewed(key, chunks, state):
    """The timeout is set with the first data only: a later call without setting it takes it away."""
    if state.hasTimedOut:
        yield frame(key, "timed out", state.get[0])
        return
    rows = pd.concat(list(chunks))
    if not state.exists:
        state.setTimeoutTimestamp(int(rows["time"].max().timestamp() * 1000) + 10_000)
    n = (state.get[0] if state.exists else 0) + len(rows)
    state.update((n,))
    yield frame(key, "seen", n)


def group_timeout_without_state(key, chunks, state):
    """A timeout without any state."""
    if state.hasTimedOut:
        yield frame(key, "timed out, exists " + str(state.exists).lower(), 0)
        return
    rows = pd.concat(list(chunks))
    state.setTimeoutTimestamp(int(rows["time"].max().timestamp() * 1000) + 10_000)
    yield frame(key, "seen", len(rows))


def group_processing_timeout(key, chunks, state):
    if state.hasTimedOut:
        n = state.get[0]
        state.remove()
        yield frame(key, "timed out", n)
        return
    n = (state.get[0] if state.exists else 0) + sum(len(c) for c in chunks)
    state.update((n,))
    state.setTimeoutDuration(1)
    yield frame(key, "seen", n)


def group_throws(key, chunks, state):
    raise ValueError("the function fails")


def group_sets_duration(key, chunks, state):
    state.setTimeoutDuration(1000)
    yield frame(key, "never", 0)


def group_sets_timestamp(key, chunks, state):
    state.update((1,))
    state.setTimeoutTimestamp(1_900_000_000_000)
    yield frame(key, "never", 0)


def group_sets_old_timestamp(key, chunks, state):
    state.update((1,))
    state.setTimeoutTimestamp(1000)
    yield frame(key, "set", 0)


FUNCTIONS = {f.__name__: f for f in (group_count, group_count_remove, group_none, group_event_timeout, group_timeout_not_renewed, group_timeout_without_state,
                                     group_processing_timeout, group_throws, group_sets_duration, group_sets_timestamp, group_sets_old_timestamp)}


def apply_stateful(df, op):
    """One op of kind transformWithState or flatMapGroupsWithState."""
    grouped = df.groupBy(*op["by"])
    if op["op"] == "transformWithState":
        initial = None
        if op.get("initial"):
            spark = df.sparkSession
            initial = spark.createDataFrame([tuple(r) for r in op["initial"]], "action STRING, start BIGINT").groupBy("action")
        timed = op["processor"] in ("Echo", "EchoOld")
        return grouped.transformWithState(
            PROCESSORS[op["processor"]](), TIMED_OUTPUT if timed else OUTPUT, op["mode"], op["timeMode"], initial, op.get("eventTime", "")
        )
    return grouped.applyInPandasWithState(FUNCTIONS[op["function"]], OUTPUT, "n BIGINT", op["mode"], op["timeout"])
