import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;

public class Main {
    private static volatile boolean stopped;

    public static void main(String[] args) throws InterruptedException {
        // The environment has the endpoint, the protocol and the service. The hook of the SDK would send what waits at
        // SIGTERM as well, but while the work goes on.
        var telemetry = AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk();
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopped = true;
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));

        var tracer = telemetry.getTracer("orders");
        var logger = telemetry.getLogsBridge().get("orders");
        var meter = telemetry.getMeter("orders");
        var orders = meter.counterBuilder("orders").build();
        var duration = meter.histogramBuilder("order.duration")
                .setUnit("s")
                // The default bounds are for milliseconds.
                .setExplicitBucketBoundariesAdvice(
                        List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0))
                .build();

        int count = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int sent = 0;
        while (sent < count && !stopped) {
            long start = System.nanoTime();
            var span = tracer.spanBuilder("order").startSpan();
            try (var scope = span.makeCurrent()) {
                Thread.sleep(100);
                logger.logRecordBuilder().setSeverity(Severity.INFO).setSeverityText("INFO").setBody("order " + sent).emit();
            } finally {
                span.end();
            }
            orders.add(1);
            duration.record((System.nanoTime() - start) / 1e9);
            sent++;
        }

        // Sends what waits. Without it, the last seconds are lost.
        telemetry.close();
        System.out.println("sent " + sent);
    }
}
