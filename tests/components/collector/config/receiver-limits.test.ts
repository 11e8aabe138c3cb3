import assert from "node:assert/strict";
import { renderCollectorConfig } from "../../../../components/collector/config/render";
import { maxConcurrentStreams } from "../../../../config/model/memory";
import { resolveCollectorArgs } from "../../../support/collector-args";

describe("OTLP receiver limits", () => {
    const { grpc, http } = renderCollectorConfig(resolveCollectorArgs()).receivers.otlp?.protocols ?? {};

    it("set timeouts for reads, writes and idle connections", () => {
        assert.equal(http?.read_header_timeout, "10s");
        assert.equal(http.read_timeout, "30s");
        assert.equal(http.write_timeout, "30s");
        assert.deepEqual(http.keepalive, { idle_timeout: "1m" });
        const { max_connection_age, max_connection_age_grace, max_connection_idle, time, timeout } =
            grpc?.keepalive?.server_parameters ?? {};
        assert.deepEqual(
            [max_connection_age, max_connection_age_grace, max_connection_idle, time, timeout],
            ["5m", "30s", "2m", "1m", "20s"],
        );
        assert.equal(grpc?.keepalive?.enforcement_policy?.min_time, "10s");
    });

    it("accept only the compression algorithms that OTLP requires", () => {
        assert.deepEqual(http?.compression_algorithms, ["", "gzip"]);
    });

    it("limit concurrent streams per connection by memory", () => {
        assert.equal(grpc?.max_concurrent_streams, 89);
        assert.equal(maxConcurrentStreams("256Mi", "44Mi"), 2);
        assert.equal(maxConcurrentStreams("4Gi", "4Mi"), 100);
    });

    it("label server metrics by status code only, not by host or path", () => {
        const { level, views } = renderCollectorConfig(resolveCollectorArgs()).service.telemetry.metrics;
        assert.equal(level, "detailed");
        const counted = views.flatMap(({ selector, stream: { attribute_keys: keys } }) =>
            keys?.included ? [[selector.instrument_name, ...keys.included]] : [],
        );
        assert.deepEqual(counted, [
            ["http.server.request.duration", "http.response.status_code"],
            ["rpc.server.call.duration", "rpc.response.status_code"],
        ]);
    });
});
