import assert from "node:assert/strict";
import { renderCollectorConfig } from "../../../../components/collector/config/render";
import { validateGraph } from "../../../../components/collector/config/validate-graph";
import type { CollectorConfig, Pipeline } from "../../../../components/collector/config/types/collector-config";
import type { Routes } from "../../../../config/model/routes";
import { resolveCollectorArgs } from "../../../support/collector-args";

describe("validateGraph", () => {
    const whole = renderCollectorConfig(resolveCollectorArgs());
    const { service } = whole;

    function problemOf(config: CollectorConfig): string {
        try {
            validateGraph(config);
        } catch (error) {
            assert.ok(error instanceof Error);
            return error.message;
        }
        return "";
    }

    it("accepts every rendered configuration", () => {
        assert.equal(problemOf(whole), "");
    });

    it("rejects unused exporters, receivers, processors and extensions", () => {
        const message = problemOf({
            ...whole,
            extensions: { ...whole.extensions, "health_check/second": { endpoint: "0.0.0.0:1" } },
            receivers: { ...whole.receivers, "otlp/outside": { protocols: {} } },
            processors: {
                ...whole.processors,
                "memory_limiter/second": { check_interval: "1s", limit_mib: 1, spike_limit_mib: 1 },
            },
            exporters: { ...whole.exporters, "debug/second": { verbosity: "basic" } },
        });
        for (const name of [
            "extensions: health_check/second",
            "receivers: otlp/outside",
            "processors: memory_limiter/second",
            "exporters: debug/second",
        ]) {
            assert.match(message, new RegExp(`${name} is declared but not used`));
        }
    });

    it("rejects references to undeclared components", () => {
        const pipelines = {
            ...service.pipelines,
            logs: { receivers: ["otlp/gone"], processors: ["memory_limiter/gone"], exporters: ["debug/gone"] },
        } as const;
        const message = problemOf({ ...whole, service: { ...service, extensions: ["health_check/gone"], pipelines } });
        for (const name of ["otlp/gone", "memory_limiter/gone", "debug/gone", "health_check/gone"]) {
            assert.match(message, new RegExp(`${name} is not declared`));
        }
    });

    it("rejects connectors that are only exporters or only receivers", () => {
        const { "metrics/spans": spans, ...pipelines } = service.pipelines;
        assert.ok(spans);
        const startsNone = problemOf({ ...whole, service: { ...service, pipelines } });
        assert.match(startsNone, /connectors: span_metrics is declared but not among the receivers of any pipeline/);
        const traces = { ...service.pipelines.traces, exporters: ["debug"] } as Pipeline;
        const endsNone = problemOf({
            ...whole,
            service: { ...service, pipelines: { ...service.pipelines, traces } },
        });
        assert.match(endsNone, /connectors: service_graph is declared but not among the exporters of any pipeline/);
    });

    it("rejects undeclared connectors", () => {
        const message = problemOf({ ...whole, connectors: {} });
        assert.match(message, /receivers: span_metrics is not declared/);
        assert.match(message, /exporters: span_metrics is not declared/);
    });

    it("rejects pipelines without receivers, without exporters or without memory_limiter first", () => {
        const metrics = { ...service.pipelines.metrics, processors: [] } as unknown as Pipeline;
        const pipelines = { ...service.pipelines, logs: { receivers: [], processors: [], exporters: [] }, metrics };
        const message = problemOf({ ...whole, service: { ...service, pipelines } });
        assert.match(message, /pipeline logs has no receivers/);
        assert.match(message, /pipeline logs has no exporters/);
        assert.match(message, /pipeline metrics does not start with memory_limiter/);
    });

    it("rejects a configuration without pipelines", () => {
        const routes: Routes = { traces: [], metrics: [], logs: [] };
        const args = resolveCollectorArgs({ spanMetrics: { enabled: false } });
        assert.throws(() => renderCollectorConfig({ ...args, routes }), /no pipelines are declared/);
    });
});

describe("validateGraph: authenticators", () => {
    const whole = renderCollectorConfig(resolveCollectorArgs({ secureOtlp: { enabled: true } }));

    it("rejects an authenticator that is not in service.extensions", () => {
        const service = { ...whole.service, extensions: ["health_check"] } as const;
        assert.throws(() => {
            validateGraph({ ...whole, service });
        }, /receivers use authenticator bearertokenauth, which is not started/);
    });

    it("rejects an authenticator that no receiver uses", () => {
        const config = renderCollectorConfig(resolveCollectorArgs({ secureOtlp: { enabled: true, auth: "mtls" } }));
        const service = { ...config.service, extensions: ["health_check", "bearertokenauth"] } as const;
        assert.throws(() => {
            validateGraph({ ...config, extensions: whole.extensions, service });
        }, /authenticator bearertokenauth is not used by any receiver/);
    });
});
