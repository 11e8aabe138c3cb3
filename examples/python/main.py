import logging
import signal
import sys
import time

from opentelemetry import metrics, trace

# Without it, the root logger drops records below WARNING, and nothing is printed.
logging.basicConfig(level=logging.INFO)

tracer = trace.get_tracer("orders")
meter = metrics.get_meter("orders")
orders = meter.create_counter("orders")
duration = meter.create_histogram(
    "order.duration",
    unit="s",
    # The default bounds are for milliseconds.
    explicit_bucket_boundaries_advisory=[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
)

stopped = False


def stop(*_):
    global stopped
    stopped = True


# Python ends at SIGTERM without its exit handlers, which send what waits.
signal.signal(signal.SIGTERM, stop)

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
sent = 0
while sent < count and not stopped:
    start = time.monotonic()
    with tracer.start_as_current_span("order"):
        time.sleep(0.1)
        logging.info("order %d", sent)
    orders.add(1)
    duration.record(time.monotonic() - start)
    sent += 1
print(f"sent {sent}")
