"""Arbitrary state: transformWithState and flatMapGroupsWithState (in PySpark: applyInPandasWithState). The functions are in ../stateful.py."""

from cases.program import COUNT, case, group, row, watermark, window

EVENTS = "time TIMESTAMP, action STRING, v BIGINT"
# One partition: each costs a Python process per batch.
ONE = {"spark.sql.shuffle.partitions": "1"}
ROCKS = {
    **ONE,
    "spark.sql.streaming.stateStore.providerClass": "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
}
TEN = watermark("time", "10 seconds")


def at(clock, action="a", v=0):
    return row(time=f"2026-01-01T{clock}Z", action=action, v=v)


def tws(processor, mode="update", time_mode="none", **more):
    return {"op": "transformWithState", "by": ["action"], "processor": processor, "mode": mode, "timeMode": time_mode, **more}


def groups(function, mode="update", timeout="NoTimeout"):
    return {"op": "flatMapGroupsWithState", "by": ["action"], "function": function, "mode": mode, "timeout": timeout}


def tws_case(name, about, batches, ops, mode="update", **more):
    return case(f"tws-{name}", about, EVENTS, batches, ops, mode, conf=ROCKS, **{"skip": ["resumed", "oneBatch", "batch"], **more})


def groups_case(name, about, batches, ops, mode="update", **more):
    return case(f"groups-{name}", about, EVENTS, batches, ops, mode, conf=ONE, **{"skip": ["resumed", "oneBatch", "batch"], **more})


AB = [[at("10:00:01"), at("10:00:02", "b"), at("10:00:03")], [at("10:00:04", "b"), at("10:00:05", "c")], [at("10:00:06"), at("10:00:07")]]
ACTIONS = [[at("10:00:01", "a", 1), at("10:00:02", "a", 5), at("10:00:03", "b", 3)], [at("10:00:04", "a", 2)], [at("10:00:05", "a", 9), at("10:00:05", "a", 7), at("10:00:05", "b", 99)], [at("10:00:06", "a", 1), at("10:00:06", "b", 4)]]
LATE = [[at("10:00:00", "a", 0), at("10:00:03", "b", 2)], [at("10:00:12", "c", 4)], [at("10:00:20", "c", 6)], [at("10:00:09", "a", 8), at("10:00:10", "b", 10), at("10:00:31", "c", 12)], [at("10:01:00", "d", 14)]]
MAPS = [
    [row(action="x", v=1), row(action="y", v=1), row(action="x", v=1), row(action="x", v=2)],
    [row(action="y", v=2), row(action="clear", v=3)],
    [row(action="forget", v=1), row(action="clear", v=2)],
    [row(action="z", v=1), row(action="z", v=2)],
]

CASES = [
    tws_case("count", "a value state that counts", AB, [tws("Count")], skip=["oneBatch"]),
    tws_case("count-append", "the same in append", AB, [tws("Count", "append")], "append"),
    tws_case("count-null-key", "null is a key", [[row(action="a"), row()], [row(), row()]], [tws("Count")]),
    tws_case("clear", "a cleared value does not exist", AB, [tws("CountThenForget")]),
    tws_case("list", "a list state: append, put, clear", ACTIONS, [tws("Values")]),
    tws_case("map", "a map state: update, remove, clear", MAPS, [{**tws("Actions"), "by": ["v"]}]),
    tws_case("quiet", "an event-time timer that moves with the data", LATE, [TEN, tws("Quiet", "update", "eventTime")], skip=["oneBatch", "batch"]),
    tws_case("quiet-append", "the same in append", LATE, [TEN, tws("Quiet", "append", "eventTime")], "append"),
    tws_case("timer-exact", "a timer fires when the watermark equals it", [[at("10:00:00", "a", 0)], [at("10:00:20", "b", 0)], [at("10:00:20.001", "b", 0)], [at("10:00:40", "c", 0)]], [TEN, tws("Quiet", "update", "eventTime")]),
    tws_case("many-timers", "several timers per key, registered twice, deleted, listed", LATE + [[at("10:01:30", "a", 1), at("10:02:30", "a", 2)]], [TEN, tws("ManyTimers", "update", "eventTime")]),
    tws_case("timer-chain", "a timer that registers timers", LATE, [TEN, tws("Chain", "update", "eventTime")]),
    tws_case("timer-deletes-timer", "a timer that deletes one that is due too", LATE, [TEN, tws("DeletesAnother", "update", "eventTime")]),
    tws_case("late-rows-event-time", "late rows are dropped in event time", LATE, [TEN, tws("Count", "update", "eventTime")]),
    tws_case("late-rows-none", "and kept without a time mode", LATE, [TEN, tws("Count")]),
    tws_case("processing-due-now", "a processing-time timer that is due fires in its batch", AB, [tws("DueNow", "update", "processingTime")], trigger="once", skip=["oneBatch", "batch"]),
    tws_case("ttl", "values, lists and maps expire", AB, [tws("ShortLived", "update", "processingTime")], trigger="once", skip=["oneBatch", "batch"]),
    tws_case("delete-if-exists", "a variable that is deleted", AB, [tws("Deletes")]),
    tws_case("initial-state", "counts that start from an initial state", AB, [tws("Starting", initial=[["a", 100], ["z", 7]])]),
    tws_case("initial-state-twice", "two initial rows of one key", AB, [tws("Starting", initial=[["a", 100], ["a", 7]])]),
    tws_case("chained-window", "a windowed count over what a processor puts out", LATE, [TEN, tws("Echo", "append", "eventTime", eventTime="time"), group([window("time", "10 seconds")], [COUNT])], "append"),
    tws_case("emits-old", "rows older than the watermark are an error", LATE, [TEN, tws("EchoOld", "append", "eventTime", eventTime="time")], "append"),
    tws_case("batch", "over bounded rows", AB, [tws("Count", "append")], "append", skip=["resumed", "oneBatch"]),
    tws_case("refused-complete", "complete", AB, [tws("Count", "complete")], "complete"),
    tws_case("refused-other-mode", "the mode of the operator is not that of the query", AB, [tws("Count", "append")], "update"),
    tws_case("refused-other-mode-2", "update operator in an append query", AB, [tws("Count", "update")], "append"),
    tws_case("refused-no-watermark", "event time without a watermark", AB, [tws("Quiet", "update", "eventTime")]),
    tws_case("refused-time-mode", "an unknown time mode", AB, [tws("Count", "update", "someTime")]),
    tws_case("error-throws", "a processor that throws", AB, [tws("Throws")]),
    tws_case("error-same-name", "two variables of one name", AB, [tws("SameNameTwice")]),
    tws_case("error-ttl-event-time", "a TTL in event time", AB, [TEN, tws("TtlInEventTime", "update", "eventTime")]),
    tws_case("error-ttl-none", "a TTL without time", AB, [tws("TtlInEventTime")]),
    tws_case("error-ttl-negative", "a TTL that is not positive", AB, [tws("NegativeTtl", "update", "processingTime")], trigger="once", skip=["oneBatch", "batch"]),
    tws_case("error-timer-none", "a timer without time", AB, [tws("TimerWithoutTime")]),
    tws_case("error-empty-list", "an empty list", AB, [tws("NullValue")]),
    tws_case("error-late-variable", "a variable made while rows are handled", AB, [tws("LateVariable")]),
    tws_case("refused-after-aggregation-update", "after an aggregation in update", AB, [group([window("time", "10 seconds")], [COUNT]), {**tws("Count"), "by": ["n"]}], "update"),
    groups_case("count", "a running count", AB, [groups("group_count")]),
    groups_case("count-append", "in append", AB, [groups("group_count", "append")], "append"),
    groups_case("null-key", "null is a key", [[row(action="a"), row()], [row(), row()]], [groups("group_count")]),
    groups_case("remove", "state that is removed", AB, [groups("group_count_remove")]),
    groups_case("nothing", "a function that does nothing", AB, [groups("group_none")]),
    groups_case("event-timeout", "an event-time timeout", LATE, [TEN, groups("group_event_timeout", "update", "EventTimeTimeout")], skip=["oneBatch", "batch"]),
    groups_case("event-timeout-append", "in append", LATE, [TEN, groups("group_event_timeout", "append", "EventTimeTimeout")], "append"),
    groups_case("event-timeout-exact", "a timeout does not fire when the watermark equals it", [[at("10:00:00", "a", 0)], [at("10:00:20", "b", 0)], [at("10:00:20.001", "b", 0)], [at("10:00:40", "c", 0)]], [TEN, groups("group_event_timeout", "update", "EventTimeTimeout")]),
    groups_case("timeout-not-renewed", "a call that does not set the timeout takes it away", [[at("10:00:00", "a"), at("10:00:00", "b")], [at("10:00:05", "a")], [at("10:01:00", "z")], [at("10:02:00", "z")]], [TEN, groups("group_timeout_not_renewed", "update", "EventTimeTimeout")]),
    groups_case("timeout-without-state", "a timeout without state", LATE, [TEN, groups("group_timeout_without_state", "update", "EventTimeTimeout")]),
    groups_case("late-rows", "late rows are kept without event-time timeout", LATE, [TEN, groups("group_count")]),
    groups_case("processing-timeout", "a processing-time timeout", AB, [groups("group_processing_timeout", "update", "ProcessingTimeTimeout")], trigger="once", skip=["oneBatch", "batch"]),
    groups_case("refused-complete", "complete", AB, [groups("group_count")], "complete"),
    groups_case("refused-append-in-update", "an append function in an update query", AB, [groups("group_count", "append")], "update"),
    groups_case("refused-update-in-append", "an update function in an append query", AB, [groups("group_count", "update")], "append"),
    groups_case("refused-no-watermark", "an event-time timeout without a watermark", AB, [groups("group_event_timeout", "update", "EventTimeTimeout")]),
    groups_case("refused-aggregated-update", "an update function before an aggregation", AB, [groups("group_count"), group([{"col": "k"}], [COUNT])], "update"),
    groups_case("refused-after-aggregation", "after an aggregation", AB, [TEN, group([window("time", "10 seconds"), {"col": "action"}], [COUNT]), groups("group_none", "append")], "append"),
    groups_case("error-throws", "a function that throws", AB, [groups("group_throws")]),
    groups_case("error-duration", "a duration without processing-time timeout", AB, [groups("group_sets_duration")]),
    groups_case("error-timestamp", "a timestamp without event-time timeout", AB, [groups("group_sets_timestamp")]),
    groups_case("error-old-timestamp", "a timestamp before the watermark", LATE, [TEN, groups("group_sets_old_timestamp", "update", "EventTimeTimeout")]),
]
