package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()

	// autoexport reads the environment: endpoint, protocol, and exporters that are none.
	spans, err := autoexport.NewSpanExporter(ctx)
	exitOn(err)
	reader, err := autoexport.NewMetricReader(ctx)
	exitOn(err)
	records, err := autoexport.NewLogExporter(ctx)
	exitOn(err)
	traces := sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans))
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	logs := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(records)))

	tracer := traces.Tracer("orders")
	logger := otelslog.NewLogger("orders", otelslog.WithLoggerProvider(logs))
	meter := metrics.Meter("orders")
	orders, err := meter.Int64Counter("orders")
	exitOn(err)
	duration, err := meter.Float64Histogram("order.duration", metric.WithUnit("s"),
		// The default bounds are for milliseconds.
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
	exitOn(err)

	count := 10
	if len(os.Args) > 1 {
		count, err = strconv.Atoi(os.Args[1])
		exitOn(err)
	}
	sent := 0
	for sent < count && ctx.Err() == nil {
		start := time.Now()
		spanCtx, span := tracer.Start(context.Background(), "order")
		time.Sleep(100 * time.Millisecond)
		logger.InfoContext(spanCtx, fmt.Sprintf("order %d", sent))
		span.End()
		orders.Add(ctx, 1)
		duration.Record(ctx, time.Since(start).Seconds())
		sent++
	}

	// Sends what waits. Without it, the last seconds are lost.
	end, cancelEnd := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancelEnd()
	if err := errors.Join(traces.Shutdown(end), metrics.Shutdown(end), logs.Shutdown(end)); err != nil {
		log.Print(err)
	}
	fmt.Println("sent", sent)
}

func exitOn(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
