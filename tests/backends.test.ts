import assert from "node:assert/strict";
import { Jaeger, jaegerEndpoints } from "../components/jaeger";
import { jaegerConfig } from "../components/jaeger-config";
import { Prometheus, prometheusEndpoints } from "../components/prometheus";
import { prometheusConfig } from "../components/prometheus-config";
import { type Recorder, mockStack } from "../tools/mocked-stack";
import { at, configOf, containerOf, kindsAndNames, podOf, portsOf } from "./support/objects";
import { settingsFrom } from "./support/settings";

async function jaegerWith(raw: Readonly<Record<string, unknown>> = {}): Promise<Recorder> {
    const { jaeger, images, rolloutTimeout } = settingsFrom(raw);
    const recorder = await mockStack();
    new Jaeger("store", { ...jaeger, namespace: "ns", image: images.jaeger, rolloutTimeout });
    return recorder.settle();
}

const TARGETS = [{ job: "gateway", host: "gateway-headless.ns", port: 8889 }] as const;

async function prometheusWith(
    raw: Readonly<Record<string, unknown>> = {},
    remoteWriteReceiver = true,
): Promise<Recorder> {
    const { prometheus, images, rolloutTimeout } = settingsFrom(raw);
    const recorder = await mockStack();
    new Prometheus("series", {
        ...prometheus,
        namespace: "ns",
        image: images.prometheus,
        rolloutTimeout,
        targets: TARGETS,
        ruleGroups: [],
        remoteWriteReceiver,
    });
    return recorder.settle();
}

describe("Jaeger", () => {
    it("is a Deployment, its configuration and a Service", async () => {
        const recorder = await jaegerWith();
        assert.deepEqual(kindsAndNames(recorder), ["ConfigMap store-config-HASH", "Deployment store", "Service store"]);
        assert.deepEqual(portsOf(recorder.manifest("Service", "store")), {
            "otlp-grpc": 4317,
            telemetry: 8888,
            ui: 16686,
        });
    });

    it("keeps no more traces than the setting says", async () => {
        const { config } = configOf(await jaegerWith({ jaeger: { maxTraces: 7 } }), "store-config");
        assert.deepEqual(config, jaegerConfig({ maxTraces: 7 }));
        assert.match(JSON.stringify(config), /"max_traces":7/);
    });

    it("is never two stores behind one Service", async () => {
        const deployment = (await jaegerWith()).manifest("Deployment", "store");
        assert.equal(at(deployment, "spec", "strategy", "type"), "Recreate");
        assert.equal(at(deployment, "spec", "replicas"), 1);
    });

    it("collects garbage below the container's memory limit", async () => {
        const recorder = await jaegerWith({ jaeger: { resources: { limits: { memory: "1Gi" } } } });
        const { env } = containerOf(recorder.manifest("Deployment", "store"));
        assert.equal(env.find(({ name }) => name === "GOMEMLIMIT")?.value, "819MiB");
    });

    it("does not record its own queries", async () => {
        const { env } = containerOf((await jaegerWith()).manifest("Deployment", "store"));
        assert.deepEqual(
            env.filter(({ name }) => name.startsWith("OTEL_")),
            [{ name: "OTEL_TRACES_SAMPLER", value: "always_off" }],
        );
    });

    it("is reached by its Service's name", () => {
        const { otlp, ui } = jaegerEndpoints("store", "ns");
        assert.equal(otlp.address, "store.ns:4317");
        assert.equal(ui.urls.short, "http://store.ns:16686");
    });
});

describe("Prometheus", () => {
    it("is a Deployment, its configuration and a Service", async () => {
        const recorder = await prometheusWith();
        assert.deepEqual(kindsAndNames(recorder), [
            "ConfigMap series-config-HASH",
            "Deployment series",
            "Service series",
        ]);
        assert.deepEqual(portsOf(recorder.manifest("Service", "series")), { http: 9090 });
    });

    it("takes remote write only where something pushes", async () => {
        const flag = "--web.enable-remote-write-receiver";
        const argsOf = (recorder: Recorder) => containerOf(recorder.manifest("Deployment", "series")).args;
        assert.ok(argsOf(await prometheusWith()).includes(flag));
        assert.ok(!argsOf(await prometheusWith({}, false)).includes(flag));
    });

    it("writes to a folder of limited size, and to nothing else", async () => {
        const deployment = (await prometheusWith({ prometheus: { storage: "2Gi" } })).manifest("Deployment", "series");
        const folder = podOf(deployment).spec.volumes.find(({ name }) => name === "data");
        assert.deepEqual(folder?.emptyDir, { sizeLimit: "2048Mi" });
        const { limits } = containerOf(deployment).resources;
        assert.equal(limits["ephemeral-storage"], "2176Mi");
    });

    it("is never two stores behind one Service", async () => {
        const deployment = (await prometheusWith()).manifest("Deployment", "series");
        assert.equal(at(deployment, "spec", "strategy", "type"), "Recreate");
    });

    it("scrapes every pod of its targets and itself, each under a job of its own", () => {
        const targets = [...TARGETS, { job: "store", address: "store.ns:8888" }];
        assert.deepEqual(section(prometheusConfig({ ...settingsFrom().prometheus, targets }), "scrape_configs"), [
            {
                job_name: "gateway",
                dns_sd_configs: [{ names: ["gateway-headless.ns"], type: "A", port: 8889, refresh_interval: "5s" }],
            },
            { job_name: "store", static_configs: [{ targets: ["store.ns:8888"] }] },
            { job_name: "prometheus", static_configs: [{ targets: ["localhost:9090"] }] },
        ]);
    });

    it("keeps samples as long as the setting says, within its disk, and takes late ones", () => {
        const { prometheus } = settingsFrom({ prometheus: { retention: "2w", storage: "1Gi" } });
        assert.deepEqual(section(prometheusConfig({ ...prometheus, targets: [] }), "storage"), {
            tsdb: { out_of_order_time_window: "30m", retention: { time: "2w", size: "768MiB" } },
        });
    });

    for (const [interval, timeout] of [
        ["5s", "5s"],
        ["1m", "10s"],
    ] as const) {
        it(`gives a scrape every ${interval} no more than ${timeout}`, () => {
            const { prometheus } = settingsFrom({ prometheus: { scrapeInterval: interval } });
            assert.deepEqual(section(prometheusConfig({ ...prometheus, targets: [] }), "global"), {
                evaluation_interval: interval,
                scrape_interval: interval,
                scrape_timeout: timeout,
            });
        });
    }

    it("is reached by its Service's name", () => {
        const { api, remoteWriteUrl } = prometheusEndpoints("series", "ns");
        assert.equal(api.urls.fqdn, "http://series.ns.svc.cluster.local:9090");
        assert.equal(remoteWriteUrl, "http://series.ns:9090/api/v1/write");
    });
});

/** One section of a configuration. */
function section(config: object, name: string): unknown {
    return Object.entries(config).find(([key]) => key === name)?.[1];
}
