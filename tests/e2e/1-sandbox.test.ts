import assert from "node:assert/strict";
import { execa } from "execa";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { ROOT } from "../../sandbox/paths";
import { stackNames } from "../../tools/stack";
import { validate } from "../../tools/validate";
import { kubectl, NAMESPACE, PATIENCE } from "./support/cluster";
import { eventually } from "./support/questions";
import { needsSandbox } from "./support/target";

needsSandbox("it tries what the sandbox adds: its toolbox, its figures, its lock, and the programs that it has built");

describe("the stacks' configuration files", () => {
    it("are accepted by the programs that read them", async () => {
        await validate(stackNames());
    });
});

describe("a second command on the sandbox", () => {
    it("is refused and told who holds it", async () => {
        const cli = ["--require", "ts-node/register/transpile-only", "tools/cli.ts", "up"];
        const { failed, stderr } = await execa("node", cli, { cwd: ROOT, reject: false });
        assert.equal(failed, true);
        assert.match(stderr, new RegExp(`process ${process.pid}\\)`));
    });
});

describe("the sandbox beside a stack", () => {
    it("lets a learner's plain pod run beside it and reach it", async () => {
        const unknown = 'for tool in /bin/*; do "$tool" --help 2>&1 | grep -q "applet not found" && echo "$tool"; done';
        const command = ["sh", "-c", `${unknown}; wget -qO- http://otel-collector:8889/metrics`];
        await kubectl("run", "plain", "-n", NAMESPACE, `--image=${TOOLBOX_IMAGE}`, "--restart=Never", "--", ...command);
        const succeeded = "--for=jsonpath={.status.phase}=Succeeded";
        await kubectl("wait", "-n", NAMESPACE, "pod/plain", succeeded, PATIENCE);
        const log = await kubectl("logs", "-n", NAMESPACE, "plain");
        assert.doesNotMatch(log, /^\/bin\//m, "busybox does not know a tool");
        assert.match(log, /^# TYPE /m);
        await kubectl("delete", "-n", NAMESPACE, "pod/plain");
    });

    it("shows what its pods and the node use", async () => {
        await eventually(async () => {
            assert.match(await kubectl("top", "node", "--no-headers"), /^sandbox +[1-9]\d*m /);
            const pods = await kubectl("top", "pods", "-n", NAMESPACE, "--no-headers");
            assert.match(pods, /^otel-collector\S+ +\d+m +[1-9]\d*Mi/m);
        });
    });
});
