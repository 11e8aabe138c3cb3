#!/usr/bin/env bash
# The Collector's persistent queue drops a stored request when it cannot write while it reads that request.
#
# Guess:    a request that is stored stays in the queue until it is sent. A full volume stops new requests.
# Seen:     reading writes the position in the queue. If that fails, the request is never sent, although the storage has space
#           again a moment later. No counter counts it. The log has the line that it also has for a request that was sent.
# Versions: go.opentelemetry.io/collector/exporter/exporterhelper v0.161.0
# Source:   exporterhelper, internal/queue/persistent_queue.go: getNextItem moves on in any case, and deletes what it could not read
# Matters:  while a volume is full, accepted data is lost whose backend is up: 210 of 8,550 records in an end-to-end test of this
#           stack. Requests for a backend that is down are not read, and stay.
. "$(dirname "$0")/lib.sh"

cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

var kind = component.MustNewType("disk")

// A storage in memory, which cannot write while it is full.
type disk struct {
	component.StartFunc
	component.ShutdownFunc
	entries map[string][]byte
	full    atomic.Bool
}

func (d *disk) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}
func (d *disk) Get(_ context.Context, key string) ([]byte, error) { return d.entries[key], nil }
func (d *disk) Set(ctx context.Context, key string, value []byte) error {
	return d.Batch(ctx, storage.SetOperation(key, value))
}
func (d *disk) Delete(ctx context.Context, key string) error {
	return d.Batch(ctx, storage.DeleteOperation(key))
}
func (d *disk) Close(context.Context) error { return nil }
func (d *disk) Batch(_ context.Context, operations ...*storage.Operation) error {
	if d.full.Load() {
		return errors.New("no space left on device")
	}
	for _, operation := range operations {
		switch operation.Type {
		case storage.Get:
			operation.Value = d.entries[operation.Key]
		case storage.Set:
			d.entries[operation.Key] = operation.Value
		case storage.Delete:
			delete(d.entries, operation.Key)
		}
	}
	return nil
}

type host struct{ extensions map[component.ID]component.Component }

func (h host) GetExtensions() map[component.ID]component.Component { return h.extensions }

func record(text string) plog.Logs {
	logs := plog.NewLogs()
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(text)
	return logs
}

func main() {
	ctx := context.Background()
	volume := &disk{entries: map[string][]byte{}}
	id := component.NewID(kind)
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID = &id
	queue.NumConsumers = 1
	core, lines := observer.New(zap.InfoLevel)
	settings := exportertest.NewNopSettings(kind)
	settings.Logger = zap.New(core)
	started, release := make(chan struct{}, 3), make(chan struct{})
	exporter, err := exporterhelper.NewLogs(ctx, settings, struct{}{}, func(_ context.Context, logs plog.Logs) error {
		started <- struct{}{}
		<-release
		fmt.Println("sent:", logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str())
		return nil
	}, exporterhelper.WithQueue(configoptional.Some(queue)), exporterhelper.WithRetry(configretry.NewDefaultBackOffConfig()))
	if err != nil {
		panic(err)
	}
	if err := exporter.Start(ctx, host{map[component.ID]component.Component{id: volume}}); err != nil {
		panic(err)
	}
	fmt.Println("first accepted:", exporter.ConsumeLogs(ctx, record("first")) == nil)
	<-started
	fmt.Println("second accepted:", exporter.ConsumeLogs(ctx, record("second")) == nil)
	volume.full.Store(true)
	release <- struct{}{}
	time.Sleep(time.Second)
	volume.full.Store(false)
	fmt.Println("third accepted:", exporter.ConsumeLogs(ctx, record("third")) == nil)
	<-started
	release <- struct{}{}
	time.Sleep(time.Second)
	select {
	case <-started:
		fmt.Println("another one is sent")
	default:
		fmt.Println("no other is sent")
	}
	for _, line := range lines.FilterLevelExact(zap.ErrorLevel).All() {
		fmt.Println(line.Level, line.Message)
	}
}
GO
build_go queue go.opentelemetry.io/collector/exporter/exporterhelper@v0.161.0 \
    go.opentelemetry.io/collector/exporter/exportertest@v0.161.0 go.opentelemetry.io/collector/extension/xextension@v0.161.0
./queue >seen

expect seen <<'END'
first accepted: true
second accepted: true
sent: first
third accepted: true
sent: third
no other is sent
error Error deleting item from queue
error Error deleting item from queue
END
