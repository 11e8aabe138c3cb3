import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createCgroups, removeCgroups } from "../../sandbox/cgroups";
import { CGROUP } from "../../sandbox/nodes";
import { removeDirectory, createTemporaryDirectory } from "../support/fake-commands";

describe("sandbox cgroups", () => {
    let root: string;

    beforeEach(() => {
        root = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(root);
    });

    it("are created in every cgroup v1 hierarchy and removed recursively", async () => {
        for (const controller of ["cpu,cpuacct", "memory", "unified"]) {
            fs.mkdirSync(path.join(root, controller, "docker"), { recursive: true });
        }
        fs.symlinkSync("cpu,cpuacct", path.join(root, "cpu"));
        createCgroups(root);
        for (const controller of ["cpu", "cpu,cpuacct", "memory", "unified"]) {
            assert.ok(fs.existsSync(path.join(root, controller, CGROUP)), controller);
        }
        fs.mkdirSync(path.join(root, "memory", CGROUP, "kubepods/burstable/pod1"), { recursive: true });
        assert.deepEqual(await removeCgroups(root), []);
        assert.deepEqual(fs.readdirSync(path.join(root, "memory")), ["docker"]);
    });

    it("enable on cgroup v2 the available controllers that the kubelet requires", () => {
        fs.writeFileSync(path.join(root, "cgroup.controllers"), "cpuset cpu io memory pids misc\n");
        createCgroups(root);
        const handedDown = fs.readFileSync(path.join(root, "cgroup.subtree_control"), "utf8");
        assert.deepEqual(handedDown.split(" ").sort(), ["+cpu", "+cpuset", "+memory", "+pids"]);
        assert.ok(fs.statSync(path.join(root, CGROUP)).isDirectory());
    });

    it("report an error when they belong to somebody else", () => {
        fs.writeFileSync(path.join(root, "cgroup.controllers"), "cpu\n");
        fs.mkdirSync(path.join(root, "cgroup.subtree_control"));
        assert.throws(() => {
            createCgroups(root);
        }, /cannot configure the cgroups of this machine \(EISDIR.*\); run the sandbox outside a container/);
    });

    it("are created and removed idempotently", async () => {
        fs.mkdirSync(path.join(root, "memory"));
        createCgroups(root);
        createCgroups(root);
        assert.deepEqual(await removeCgroups(root), []);
        assert.deepEqual(await removeCgroups(root), []);
    });

    it("report an error when they are removed while still in use", async () => {
        const busy = path.join(root, "memory", CGROUP);
        fs.mkdirSync(busy, { recursive: true });
        fs.writeFileSync(path.join(busy, "process"), "");
        assert.deepEqual(await removeCgroups(root), [busy]);
    });
});
