// The work `kafka` on Kafka Streams: JSON records of a topic, counted by action and 1-hour window of the time in them, exactly once. It runs
// until every record is in a count that has been put out, which is when the counts add up to the records of the topic.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

public final class CountByAction {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration HOUR = Duration.ofHours(1);

  public static void main(String[] arguments) throws Exception {
    JsonNode parameters = MAPPER.readTree(arguments[arguments.length - 1]);
    String topic = parameters.get("topic").asText();
    long numRows = parameters.get("numRows").asLong();
    Path state = Files.createTempDirectory("kafka-streams-bench-");

    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench-" + UUID.randomUUID());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, parameters.get("brokers").asText());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    settings.put("auto.offset.reset", "earliest");

    Map<String, Long> counts = new HashMap<>();
    long[] total = {0};
    CountDownLatch done = new CountDownLatch(1);
    StreamsBuilder builder = new StreamsBuilder();
    Serde<JsonNode> json = Serdes.serdeFrom((name, node) -> node.toString().getBytes(), (name, bytes) -> parsed(bytes));
    builder.stream(topic, Consumed.with(Serdes.ByteArray(), json)
            .withTimestampExtractor((record, before) -> timeOf((JsonNode) record.value())))
        .map((key, value) -> KeyValue.pair(value.get("action").asText(), new byte[0]))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
        .windowedBy(TimeWindows.ofSizeAndGrace(HOUR, Duration.ofDays(30)))
        .count()
        .toStream()
        .foreach((window, count) -> {
          synchronized (counts) {
            Long before = counts.put(lineOf(window), count);
            total[0] += count - (before == null ? 0 : before);
            if (total[0] == numRows) done.countDown();
          }
        });

    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings)) {
      long startNanos = System.nanoTime();
      streams.start();
      done.await();
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      List<String> answer = new ArrayList<>();
      synchronized (counts) {
        counts.forEach((line, count) -> answer.add(line + ",\"count\":" + count + "}"));
      }
      answer.sort(null);
      Map<String, Object> result = new HashMap<>();
      result.put("version", "kafka-streams 4.1.0");
      result.put("seconds", seconds);
      result.put("answer", answer);
      System.out.println(MAPPER.writeValueAsString(result));
      System.out.flush();
    }
    System.exit(0);
  }

  private static long timeOf(JsonNode value) {
    return Instant.parse(value.get("time").asText()).toEpochMilli();
  }

  private static JsonNode parsed(byte[] value) {
    try {
      return MAPPER.readTree(value);
    } catch (IOException error) {
      throw new IllegalArgumentException(error);
    }
  }

  /** The group as our JSON has it, without the count. */
  private static String lineOf(Windowed<String> group) {
    return "{\"action\":\"" + group.key() + "\",\"window\":{\"start\":\"" + text(group.window().startTime())
        + "\",\"end\":\"" + text(group.window().endTime()) + "\"}";
  }

  private static String text(Instant time) {
    return time.toString().replace("Z", ".000Z");
  }
}
