import assert from "node:assert/strict";
import { readStackSettings } from "../../../tools/render/program";
import { renderOutputs, renderStack } from "../../../tools/verify/rendered-stack";
import { readDeployedLogin } from "../../../tools/verify/verify-stack";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    runWithPath,
    writeCommands,
} from "../../support/fake-commands";

describe("rendered stack", () => {
    it("has the outputs of a deployed stack, in the given Namespace", async () => {
        const { verification, namespace, portForwards } = await renderOutputs("dev", readStackSettings("dev"), "team");
        assert.equal(namespace, "team");
        assert.equal(portForwards.jaeger?.command, "kubectl port-forward -n team svc/jaeger 16686:16686");
        assert.deepEqual(verification.traces, ["jaeger", "debug", "exemplar"]);
        assert.equal((await renderOutputs("dev", readStackSettings("dev"))).namespace, "playground-otel");
    });

    it("has the wait of tail sampling in its outputs when it is enabled", async () => {
        const tailSampling = { enabled: true, decisionWait: "10m" };
        const { verification } = await renderOutputs("dev", { ...readStackSettings("dev"), tailSampling });
        assert.equal(verification.tailSamplingWaitSeconds, 600);
        assert.equal(
            (await renderOutputs("dev", readStackSettings("dev"))).verification.tailSamplingWaitSeconds,
            undefined,
        );
    });

    type ReadLogin = () => Promise<unknown>;

    async function readRenderedLogin(): Promise<unknown> {
        const { login } = await renderStack({ name: "dev", env: {} }, "team");
        return login();
    }

    /** A cluster where Grafana reads that Secret, called as no setting calls it. */
    async function loginWhere(
        volumes: readonly object[],
        readLogin: ReadLogin = readRenderedLogin,
        output: object = {},
    ): Promise<unknown> {
        const work = createTemporaryDirectory();
        const deployment = JSON.stringify({ spec: { template: { spec: { volumes } } } });
        try {
            writeCommands(work, {
                pulumi: `echo '${JSON.stringify(output)}'`,
                kubectl: `case "$*" in
"get --namespace team deployment grafana --output json") echo '${deployment}' ;;
"get --namespace team secret ours --output jsonpath={.data.admin-password}") printf aHVudGVyMg== ;;
*) echo "unexpected: $*" >&2; exit 1 ;;
esac`,
            });
            return await runWithPath(`${work}:${process.env.PATH ?? ""}`, readLogin);
        } finally {
            removeDirectory(work);
        }
    }

    it("reads Grafana's password from the Secret that its pod mounts", async () => {
        const volumes = [
            { name: "config", configMap: {} },
            { name: "admin", secret: { secretName: "ours" } },
        ];
        assert.deepEqual(await loginWhere(volumes), { user: "admin", password: "hunter2" });
    });

    it("reads the password of a deployed stack from Pulumi, or from the Secret that the user created", async () => {
        const volumes = [{ name: "admin", secret: { secretName: "ours" } }];
        const read = (): Promise<unknown> => readDeployedLogin({ name: "dev", env: {} }, "team");
        assert.deepEqual(await loginWhere(volumes, read, { user: "admin", password: "text" }), {
            user: "admin",
            password: "text",
        });
        assert.deepEqual(await loginWhere(volumes, read, { user: "admin", passwordCommand: "kubectl ..." }), {
            user: "admin",
            password: "hunter2",
        });
    });

    it("reports a Grafana pod without a Secret", async () => {
        assert.match(
            await getRejectionMessage(loginWhere([{ name: "config" }])),
            /Namespace team mounts no Secret with the password/,
        );
    });
});
