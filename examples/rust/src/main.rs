use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{mark_span_as_active, Tracer, TracerProvider};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter};
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{prelude::*, EnvFilter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The exporters for gRPC panic without a runtime. Those for HTTP need none.
    #[cfg(feature = "grpc")]
    let runtime = tokio::runtime::Runtime::new()?;
    #[cfg(feature = "grpc")]
    let _entered = runtime.enter();

    // The environment has the endpoint, the protocol and the service.
    let traces = SdkTracerProvider::builder()
        .with_batch_exporter(SpanExporter::builder().build()?)
        .build();
    let metrics = SdkMeterProvider::builder()
        .with_periodic_exporter(MetricExporter::builder().build()?)
        .build();
    let logs = SdkLoggerProvider::builder()
        .with_batch_exporter(LogExporter::builder().build()?)
        .build();
    // Records of the exporters' own libraries would be sent again and again.
    let own = "info,hyper=off,tonic=off,h2=off,reqwest=off,opentelemetry=off";
    tracing_subscriber::registry()
        .with(OpenTelemetryTracingBridge::new(&logs).with_filter(EnvFilter::new(own)))
        // Prints failed exports.
        .with(tracing_subscriber::fmt::layer().with_filter(EnvFilter::new("warn")))
        .init();

    let tracer = traces.tracer("orders");
    let meter = metrics.meter("orders");
    let orders = meter.u64_counter("orders").build();
    let duration = meter
        .f64_histogram("order.duration")
        .with_unit("s")
        // The default bounds are for milliseconds.
        .with_boundaries(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
        .build();

    let stopped = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGTERM, stopped.clone())?;

    let count: u64 = std::env::args().nth(1).map_or(Ok(10), |count| count.parse())?;
    let mut sent = 0;
    while sent < count && !stopped.load(Ordering::Relaxed) {
        let start = Instant::now();
        {
            let _active = mark_span_as_active(tracer.start("order"));
            std::thread::sleep(Duration::from_millis(100));
            tracing::info!("order {sent}");
        }
        orders.add(1, &[]);
        duration.record(start.elapsed().as_secs_f64(), &[]);
        sent += 1;
    }

    // Sends what waits. Without it, the last seconds are lost.
    for result in [traces.shutdown(), metrics.shutdown(), logs.shutdown()] {
        if let Err(error) = result {
            eprintln!("{error}");
        }
    }
    println!("sent {sent}");
    Ok(())
}
