import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT, STATE } from "../../sandbox/directories";
import { findAttachedVolumes, createVolumes, STORAGE_CLASS, renderVolumeObjects } from "../../sandbox/volumes";
import type { Manifest } from "../../tools/render/program";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../support/fake-commands";
import { getField } from "../support/manifests";

describe("sandbox volumes", () => {
    let work: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(work);
    });

    it("are sparse disk images of the requested size", () => {
        createVolumes(work);
        const volumes = (renderVolumeObjects() as Manifest[]).filter(({ kind }) => kind === "PersistentVolume");
        const images = new Map(
            volumes.map((volume) => [`${volume.metadata.name}.img`, getField(volume, "spec", "capacity", "storage")]),
        );
        assert.deepEqual(fs.readdirSync(work).sort(), [...images.keys()].sort());
        for (const [image, promised] of images) {
            const { size, blocks } = fs.statSync(path.join(work, image));
            assert.equal(`${size / 2 ** 20}Mi`, promised);
            assert.equal(blocks, 0);
        }
    });

    it("are mounted where Kubernetes expects them, with the class of claims", () => {
        const [storageClass, ...volumes] = renderVolumeObjects() as Manifest[];
        assert.ok(storageClass);
        assert.equal(storageClass.metadata.name, STORAGE_CLASS);
        for (const volume of volumes) {
            assert.equal(getField(volume, "spec", "local", "path"), path.join(STATE, "volumes", volume.metadata.name));
            assert.equal(getField(volume, "spec", "storageClassName"), STORAGE_CLASS);
        }
    });

    it("are recognised as attached by the kernel", () => {
        const devices = {
            loop0: "/s/volumes/a.img",
            loop1: "/s/volumes/b.img (deleted)",
            loop2: "/s/volumes-of-another/a.img",
        };
        for (const [device, image] of Object.entries(devices)) {
            fs.mkdirSync(path.join(work, device, "loop"), { recursive: true });
            fs.writeFileSync(path.join(work, device, "loop/backing_file"), `${image}\n`);
        }
        fs.mkdirSync(path.join(work, "vda"));
        fs.mkdirSync(path.join(work, "loop3"));
        assert.deepEqual(findAttachedVolumes("/s/volumes", work), ["/s/volumes/a.img", "/s/volumes/b.img (deleted)"]);
    });
});

/** A cluster whose volumes are in a folder, one file each: phase and claim. */
const KUBECTL = `
show() { [ ! -e "$CLUSTER/$1" ] || echo "$1 $(cat "$CLUSTER/$1")"; }
case "$*" in
    "get persistentvolumes --watch "*) echo "$EVENTS"; exec sleep 60 ;;
    "get persistentvolume "*) show "$3" ;;
    "patch persistentvolume "*) echo "$*" >>"$CLUSTER/patches"; echo "Available " >"$CLUSTER/$3" ;;
esac`;

describe("volumes.sh", () => {
    let work: string;
    let script: ChildProcess;

    const contentOf = (volume: string): string[] => fs.readdirSync(path.join(work, "volumes", volume));
    const patches = (): string => {
        const file = path.join(work, "cluster/patches");
        return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    };

    beforeEach(() => {
        work = createTemporaryDirectory();
        writeCommands(path.join(work, "bin"), { kubectl: KUBECTL, chown: "" });
        fs.mkdirSync(path.join(work, "cluster"));
        for (const volume of ["lost", "stale", "kept"]) {
            fs.mkdirSync(path.join(work, "volumes", volume, "folder"), { recursive: true });
            fs.writeFileSync(path.join(work, "volumes", volume, ".hidden"), "");
        }
    });

    afterEach(async () => {
        assert.ok(script.pid !== undefined);
        process.kill(-script.pid, "SIGKILL");
        await once(script, "exit");
        removeDirectory(work);
    });

    it("wipes and releases only volumes whose claim was deleted", async () => {
        fs.writeFileSync(path.join(work, "cluster/lost"), "Released claim-1\n");
        fs.writeFileSync(path.join(work, "cluster/stale"), "Bound claim-3\n");
        fs.writeFileSync(path.join(work, "cluster/foreign"), "Released claim-5\n");
        const events = [
            "kept Bound claim-4",
            "stale Released claim-2",
            "foreign Released claim-5",
            "lost Released claim-1",
            "lost Released claim-1",
        ];
        script = spawn(path.join(ROOT, "sandbox/node/volumes.sh"), [path.join(work, "volumes"), "kubeconfig"], {
            env: {
                PATH: `${path.join(work, "bin")}:${process.env.PATH ?? ""}`,
                CLUSTER: path.join(work, "cluster"),
                EVENTS: events.join("\n"),
            },
            detached: true,
            stdio: ["ignore", "ignore", "inherit"],
        });
        while (patches() === "") {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        assert.deepEqual(contentOf("lost"), []);
        for (const volume of ["stale", "kept"]) {
            assert.deepEqual(contentOf(volume), [".hidden", "folder"]);
        }
        assert.match(patches(), /^patch persistentvolume lost .*"\/spec\/claimRef\/uid", "value": "claim-1"/s);
        assert.equal(patches().match(/^patch/gm)?.length, 1);
    });
});
