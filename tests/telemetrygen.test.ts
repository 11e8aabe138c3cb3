import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Telemetrygen } from "../components/telemetrygen";
import { generatedSignals } from "../config/routes";
import { type Recorder, mockStack } from "../tools/mocked-stack";
import { at, containerOf, kindsAndNames, podOf } from "./support/objects";
import { settingsFrom } from "./support/settings";

async function jobsWith(
    raw: Readonly<Record<string, unknown>> = {},
    opts: pulumi.ComponentResourceOptions = {},
): Promise<Recorder> {
    const settings = settingsFrom(raw);
    const recorder = await mockStack();
    new Telemetrygen(
        "gen",
        {
            ...settings.telemetrygen,
            namespace: "ns",
            image: settings.images.telemetrygen,
            signals: generatedSignals(settings),
            otlp: "gateway.ns:4317",
        },
        opts,
    );
    return recorder.settle();
}

describe("Telemetrygen", () => {
    it("is a Job for each signal", async () => {
        assert.deepEqual(kindsAndNames(await jobsWith()), ["Job gen-logs", "Job gen-metrics", "Job gen-traces"]);
    });

    it("sends as long and as fast as the settings say", async () => {
        const recorder = await jobsWith({ telemetrygen: { duration: "1d", rate: 0.5 } });
        assert.deepEqual(containerOf(recorder.manifest("Job", "gen-traces")).args, [
            "traces",
            "--otlp-endpoint=gateway.ns:4317",
            "--otlp-insecure",
            "--duration=86400s",
            "--rate=0.5",
            "--service=telemetrygen",
        ]);
    });

    it("never holds up pulumi up, and ends by itself", async () => {
        const job = (await jobsWith()).manifest("Job", "gen-logs");
        assert.deepEqual(job.metadata.annotations, {
            "pulumi.com/skipAwait": "true",
            "pulumi.com/deletionPropagationPolicy": "background",
        });
        assert.equal(at(job, "spec", "backoffLimit"), 2);
        assert.equal(podOf(job).spec.restartPolicy, "Never");
        assert.equal(at(job, "spec", "activeDeadlineSeconds"), 3 * (300 + 300));
    });

    it("can be run again: the old Job goes before the new one of the same name comes", async () => {
        const replaced: unknown[] = [];
        const transformations: pulumi.ResourceTransformation[] = [
            ({ type, opts }) => {
                if (type.endsWith(":Job")) {
                    replaced.push((opts as pulumi.CustomResourceOptions).deleteBeforeReplace);
                }
                return undefined;
            },
        ];
        await jobsWith({}, { transformations });
        assert.deepEqual(replaced, [true, true, true]);
    });

    it("sends only signals that have a destination, unless asked", async () => {
        const off = { collector: { debug: { enabled: false } }, loki: { enabled: false } };
        assert.deepEqual(kindsAndNames(await jobsWith(off)), ["Job gen-metrics", "Job gen-traces"]);
        const fewer = { telemetrygen: { metrics: { enabled: false } } };
        assert.deepEqual(kindsAndNames(await jobsWith(fewer)), ["Job gen-logs", "Job gen-traces"]);
    });

    it("is nothing at all when it is off", async () => {
        assert.deepEqual(kindsAndNames(await jobsWith({ telemetrygen: { enabled: false } })), []);
    });
});
