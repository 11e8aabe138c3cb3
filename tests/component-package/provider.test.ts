import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { credentials } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { OtelStackProvider } from "../../component-package/provider";
import { renderPackageSchema } from "../../component-package/schema";
import { resolveStoredData } from "../../config/model/stored-data";
import { ROOT } from "../../sandbox/directories";
import { startMocks } from "../../tools/render/program";
import { getRejectionMessage } from "../support/fake-commands";
import { parseSettings } from "../support/settings";

const TYPE = "otel-stack:index:OtelStack";
const NAMESPACE = { name: "telemetry" };

function construct(inputs: pulumi.Inputs, type = TYPE): ReturnType<OtelStackProvider["construct"]> {
    return new OtelStackProvider().construct("telemetry", type, inputs, {});
}

describe("component package", () => {
    it("creates the stack, and returns its outputs", async () => {
        const recorder = await startMocks();
        const { state } = await construct({ namespace: NAMESPACE, durability: { mode: "disk" } });
        await recorder.settle();
        assert.equal(recorder.manifest("StatefulSet", "otel-collector").metadata.namespace, "telemetry");
        const { applicationEnv, namespace } = state as { applicationEnv: Record<string, string>; namespace: string };
        assert.equal(namespace, "telemetry");
        assert.equal(applicationEnv.OTEL_EXPORTER_OTLP_ENDPOINT, "http://otel-collector.telemetry:4318");
    });

    it("accepts secrets and other outputs whose values are known", async () => {
        const recorder = await startMocks();
        const secretHeaders = { authorization: pulumi.secret("hidden") };
        await construct({
            namespace: pulumi.output(NAMESPACE),
            destinations: { vendor: { endpoint: "https://otlp.example.com", secretHeaders } },
        });
        await recorder.settle();
        const secrets = recorder.manifests.filter(({ kind }) => kind === "Secret");
        assert.match(JSON.stringify(secrets), /hidden/);
        const others = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(others), /hidden/);
    });

    it("rejects a value that is unknown until a resource exists, and names its argument", async () => {
        const recorder = await startMocks({}, [], "test", true);
        const name = pulumi.output(pulumi.unknown as string);
        assert.match(
            await getRejectionMessage(construct({ namespace: { name } })),
            /before any resource is created: namespace depends/,
        );
        await recorder.settle();
        assert.deepEqual(recorder.resources, []);
    });

    it("names the invalid arguments, and registers nothing then", async () => {
        const recorder = await startMocks();
        assert.match(await getRejectionMessage(construct({ collector: { replicas: 0 } })), /collector\.replicas: must/);
        await recorder.settle();
        assert.deepEqual(recorder.resources, []);
    });

    it("rejects an update that would delete the data of this component", async () => {
        const stored = parseSettings({ namespace: NAMESPACE, prometheus: { persistence: { enabled: true } } });
        const state = (name: string) => ({
            [`urn:pulumi:test::app::${TYPE}::${name}`]: {
                type: TYPE,
                outputs: { storedData: resolveStoredData(stored) },
            },
        });
        await startMocks({}, [], "test", true, {}, state("telemetry"));
        assert.match(await getRejectionMessage(construct({ namespace: NAMESPACE })), /prometheus-data \(1024Mi/);
        const recorder = await startMocks({}, [], "test", true, {}, state("another"));
        await construct({ namespace: NAMESPACE });
        await recorder.settle();
    });

    it("reads its own state too if Pulumi does not tell its organization", async () => {
        const names: unknown[] = [];
        const mocks = {
            newResource: ({ inputs, name }: pulumi.runtime.MockResourceArgs) => ({
                id: name,
                state: { ...(inputs as object) },
            }),
            call: ({ inputs }: pulumi.runtime.MockCallArgs) => {
                names.push({ ...inputs });
                return { outputs: {} };
            },
        };
        await pulumi.runtime.setMocks(mocks, "app", "test");
        await construct({ namespace: NAMESPACE });
        await pulumi.runtime.disconnect();
        assert.deepEqual(names[0], { stackName: "test" });
    });

    it("has no other resource", async () => {
        await startMocks();
        assert.match(await getRejectionMessage(construct({}, "otel-stack:index:Other")), /no resource .*Other/);
    });

    it("starts as Pulumi starts a plugin, in any folder, and serves its schema", async () => {
        const run = path.join(ROOT, "node_modules/@pulumi/pulumi/cmd/run-plugin");
        const plugin = spawn(process.execPath, [run, ROOT, "127.0.0.1:1"], {
            cwd: "/",
            stdio: ["ignore", "pipe", "inherit"],
        });
        try {
            const [port] = (await once(plugin.stdout, "data")) as [Buffer];
            const client = new ResourceProviderClient(
                `127.0.0.1:${port.toString().trim()}`,
                credentials.createInsecure(),
            );
            const schema = await new Promise((resolve, reject) => {
                client.getSchema(new GetSchemaRequest(), (error, response) => {
                    if (error) {
                        reject(error);
                    } else {
                        resolve(response.getSchema());
                    }
                });
            });
            client.close();
            assert.equal(schema, renderPackageSchema());
        } finally {
            plugin.kill();
        }
    }).timeout(60_000);
});
