import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { OtelStack, type OtelStackArgs } from "../../../components/stack/otel-stack";
import { type ProgramRecorder, startMocks, stripStackTraces } from "../../../tools/render/program";
import { EVERYTHING } from "../../support/everything";

function argsFor(namespace: string): OtelStackArgs {
    return {
        ...EVERYTHING,
        namespace: { name: namespace },
        clusterTelemetry: { ...EVERYTHING.clusterTelemetry, namespace: `${namespace}-agents` },
    };
}

/** The objects whose Namespace, or whose own name, begins so. */
function listObjects(prefix: string, { manifests }: ProgramRecorder): readonly string[] {
    return manifests
        .filter(({ metadata: { name, namespace = name } }) => namespace.startsWith(prefix))
        .map((manifest) => JSON.stringify(manifest));
}

/** Runs a program with those stacks. */
async function runProgram(program: () => void): Promise<ProgramRecorder> {
    return stripStackTraces(async () => {
        const recorder = await startMocks();
        program();
        return recorder.settle();
    });
}

describe("OtelStack", () => {
    it("takes a plain object of settings, and gives typed outputs", async () => {
        const recorder = await startMocks();
        const { outputs } = new OtelStack("telemetry", { namespace: { name: "telemetry" } });
        await recorder.settle();
        assert.equal(outputs.namespace, "telemetry");
        assert.equal(outputs.applicationEnv.OTEL_EXPORTER_OTLP_ENDPOINT, "http://otel-collector.telemetry:4318");
    });

    it("names the invalid settings, and registers nothing then", async () => {
        const recorder = await startMocks();
        assert.throws(
            () => new OtelStack("telemetry", { collector: { replicas: 0 } }),
            (error: Error) => error instanceof pulumi.RunError && error.message.includes("collector.replicas"),
        );
        await recorder.settle();
        assert.deepEqual(recorder.resources, []);
    });

    it("can be in a program twice: names of resources differ, and the objects only by their Namespaces", async () => {
        const recorder = await runProgram(() => {
            new OtelStack("first", argsFor("first-ns"));
            new OtelStack("second", argsFor("second-ns"));
        });

        const names = recorder.resources.map(({ type, name }) => `${type} ${name}`);
        assert.deepEqual(
            names.filter((name, index) => names.indexOf(name) !== index),
            [],
        );
        // The name of a ConfigMap carries a hash of what is in it, the name of the Namespace included; passwords differ.
        const [one, two] = ["first-ns", "second-ns"].map((prefix) =>
            listObjects(prefix, recorder).map((text) =>
                text
                    .replaceAll(prefix, "NAMESPACE")
                    .replaceAll(/-[0-9a-f]{8}\b/g, "-HASH")
                    .replaceAll(/generated-(?:first|second)\//g, "generated-"),
            ),
        );
        assert.ok(one && two && one.length > 50);
        assert.deepEqual(two.sort(), one.sort());
    });

    it("creates all of its objects with the provider that it is given", async () => {
        const recorder = await runProgram(() => {
            const provider = new Provider("other-cluster", { kubeconfig: "{}" });
            new OtelStack("telemetry", argsFor("telemetry"), { provider });
            new OtelStack("again", argsFor("again"), { providers: { kubernetes: provider } });
        });
        const objects = recorder.resources.filter(({ type }) => type.startsWith("kubernetes:"));
        assert.ok(objects.length > 100);
        assert.deepEqual(
            objects.filter((object) => !object.provider?.includes("other-cluster")).map(({ name }) => name),
            [],
        );
    });

    it("keeps the transformations of the program that has it", async () => {
        const recorder = await startMocks();
        const addTeam = ({ props, opts }: pulumi.ResourceTransformationArgs) => ({
            props: { ...props, team: "a" },
            opts,
        });
        new OtelStack("telemetry", {}, { transformations: [addTeam] });
        await recorder.settle();
        const { metadata, team } = recorder.manifest("Service", "jaeger");
        assert.equal(team, "a");
        assert.equal(metadata.annotations?.["pulumi.com/patchForce"], "true");
    });
});
