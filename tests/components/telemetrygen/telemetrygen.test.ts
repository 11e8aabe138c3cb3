import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { Telemetrygen } from "../../../components/telemetrygen/telemetrygen";
import { resolveTelemetrygenSignals } from "../../../config/model/routes";
import { type ProgramRecorder, startMocks } from "../../../tools/render/program";
import { getField, getContainer, listKindsAndNames, getPodTemplate } from "../../support/manifests";
import { parseSettings } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

async function createJobs(
    raw: Readonly<Record<string, unknown>> = {},
    opts: pulumi.ComponentResourceOptions = {},
): Promise<ProgramRecorder> {
    const settings = parseSettings(raw);
    const recorder = await startMocks();
    new Telemetrygen(
        "gen",
        {
            ...settings.telemetrygen,
            namespace: "ns",
            pods: POD_OPTIONS,
            image: settings.images.telemetrygen,
            signals: resolveTelemetrygenSignals(settings),
            otlpEndpoint: "gateway.ns:4317",
        },
        opts,
    );
    return recorder.settle();
}

describe("Telemetrygen", () => {
    it("creates one Job per signal", async () => {
        assert.deepEqual(listKindsAndNames(await createJobs()), ["Job gen-logs", "Job gen-metrics", "Job gen-traces"]);
    });

    it("uses the configured rate and duration", async () => {
        const recorder = await createJobs({ telemetrygen: { duration: "1d", rate: 0.5 } });
        assert.deepEqual(getContainer(recorder.manifest("Job", "gen-traces")).args, [
            "traces",
            "--otlp-endpoint=gateway.ns:4317",
            "--otlp-insecure",
            "--duration=86400s",
            "--rate=0.5",
            "--service=telemetrygen",
        ]);
    });

    it("does not block pulumi up, and has a deadline", async () => {
        const job = (await createJobs()).manifest("Job", "gen-logs");
        assert.deepEqual(job.metadata.annotations, {
            "pulumi.com/skipAwait": "true",
            "pulumi.com/deletionPropagationPolicy": "background",
        });
        assert.equal(getField(job, "spec", "backoffLimit"), 2);
        assert.equal(getPodTemplate(job).spec.restartPolicy, "Never");
        assert.equal(getField(job, "spec", "activeDeadlineSeconds"), 3 * (300 + 300));
    });

    it("replaces Jobs, deleting the old one first", async () => {
        const replaced: unknown[] = [];
        const transformations: pulumi.ResourceTransformation[] = [
            ({ type, opts }) => {
                if (type.endsWith(":Job")) {
                    replaced.push((opts as pulumi.CustomResourceOptions).deleteBeforeReplace);
                }
                return undefined;
            },
        ];
        await createJobs({}, { transformations });
        assert.deepEqual(replaced, [true, true, true]);
    });

    it("skips signals without a destination", async () => {
        const off = { collector: { debugExporter: { enabled: false } }, loki: { enabled: false } };
        assert.deepEqual(listKindsAndNames(await createJobs(off)), ["Job gen-metrics", "Job gen-traces"]);
        const fewer = { telemetrygen: { metrics: { enabled: false } } };
        assert.deepEqual(listKindsAndNames(await createJobs(fewer)), ["Job gen-logs", "Job gen-traces"]);
    });

    it("creates nothing when disabled", async () => {
        assert.deepEqual(listKindsAndNames(await createJobs({ telemetrygen: { enabled: false } })), []);
    });
});
