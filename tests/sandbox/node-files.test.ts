import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { sandboxEnv } from "../../sandbox/environment";
import { COREDNS_IMAGE, IMAGES, METRICS_SERVER_IMAGE, PAUSE_IMAGE, SHOP_IMAGE } from "../../sandbox/images";
import { HOST_ADDRESS, HOST_LINK } from "../../sandbox/node";
import { CGROUP, FIRST_NODE, LINK_ADDRESS, parseNodeCount, SECOND_NODE } from "../../sandbox/nodes";
import { BIN, BUILD_LOGS, CACHE, CONFIG, KUBECONFIG, LOCK, LOGS, PKI, ROOT, STATE } from "../../sandbox/directories";
import { API_SERVER, NODE_IP } from "../../sandbox/cluster-pki";
import { ADDRESS_RANGE } from "../../sandbox/routes";
import { isRecord, type Manifest } from "../../tools/render/program";
import { getField, getContainer, isWorkload, getPodTemplate } from "../support/manifests";

function readNodeFile(name: string): string {
    return fs.readFileSync(path.join(ROOT, "sandbox/node", name), "utf8");
}

const init = readNodeFile("init.sh");
const containerd = readNodeFile("containerd.toml");
const kubelet: unknown = parse(readNodeFile("kubelet.yaml"));
const manifests = ["network-policies.yaml", "coredns.yaml", "metrics-server.yaml"].flatMap((file) =>
    parseAllDocuments(readNodeFile(file)).map((document) => document.toJS() as Manifest),
);

/** A variable of init.sh. */
function findShellValue(name: string): string {
    const value = new RegExp(`[ ]${name}=(\\S+)`).exec(init)?.[1];
    assert.ok(value !== undefined, name);
    return value;
}

function parseAddress(text: string): number {
    return text.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** First and last address of a range such as 198.19.0.0/16. */
function parseCidr(cidr: string): readonly [number, number] {
    const [address = "", bits = ""] = cidr.split("/");
    const size = 2 ** (32 - Number(bits));
    const first = Math.floor(parseAddress(address) / size) * size;
    return [first, first + size - 1];
}

function contains(outer: string, inner: string): boolean {
    const [from, to] = parseCidr(outer);
    const [first, last] = parseCidr(inner.includes("/") ? inner : `${inner}/32`);
    return from <= first && last <= to;
}

function overlaps(one: string, other: string): boolean {
    const [from, to] = parseCidr(one);
    const [first, last] = parseCidr(other);
    return from <= last && first <= to;
}

function findObject(kind: string, name: string): Manifest {
    const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
}

describe("node files match sandbox constants", () => {
    it("for the addresses of the node and its link", () => {
        assert.equal(API_SERVER, `https://${NODE_IP}:6443`);
        assert.match(readNodeFile("control-plane.sh"), /--secure-port=6443/);
        assert.ok(contains(HOST_ADDRESS, NODE_IP));
        assert.ok(HOST_LINK.length <= 15, "Linux takes no longer name of a network device");
    });

    it("for test address ranges, which do not overlap", () => {
        const [services, pods] = [findShellValue("service_range"), findShellValue("pod_range")];
        const link = `${LINK_ADDRESS}/30`;
        const ranges = [services, pods, HOST_ADDRESS, link];
        for (const range of ranges) {
            assert.ok(contains(ADDRESS_RANGE, range), range);
            assert.ok(!ranges.some((other) => other !== range && overlaps(range, other)), range);
        }
        assert.equal(findShellValue("link_ip"), LINK_ADDRESS);
        assert.ok(contains(link, SECOND_NODE.address));
        const [, subnet = ""] = /"subnet": "([^"]+)"/.exec(readNodeFile("cni/10-ptp.conflist")) ?? [];
        assert.equal(subnet, FIRST_NODE.podRange);
        assert.ok(contains(pods, FIRST_NODE.podRange) && contains(pods, SECOND_NODE.podRange));
        assert.ok(!overlaps(FIRST_NODE.podRange, SECOND_NODE.podRange));
    });

    it("for the address of the cluster's DNS", () => {
        const address = getField(findObject("Service", "kube-dns"), "spec", "clusterIP");
        assert.ok(isRecord(kubelet));
        assert.deepEqual(kubelet.clusterDNS, [address]);
        assert.ok(contains(findShellValue("service_range"), String(address)));
    });

    it("for the images of the system pods", () => {
        assert.match(containerd, new RegExp(`sandbox = "${PAUSE_IMAGE}"`));
        for (const [name, built] of [
            ["coredns", COREDNS_IMAGE],
            ["metrics-server", METRICS_SERVER_IMAGE],
        ] as const) {
            const { image, securityContext } = getContainer(findObject("Deployment", name));
            assert.equal(image, built);
            assert.equal(securityContext.runAsUser, IMAGES.find((candidate) => candidate.name === built)?.user);
        }
    });

    it("for the sandbox's root directory", () => {
        assert.ok(isRecord(kubelet));
        const files = [containerd, readNodeFile("cni/10-ptp.conflist"), JSON.stringify(kubelet)].join("\n");
        const paths = [...files.matchAll(/(?:"|unix:\/\/)(\/(?:var|etc|run|opt|usr)[^"]*)"/g)].map(([, file]) => file);
        assert.ok(paths.length > 8);
        assert.deepEqual(
            paths.filter((file) => !file?.startsWith(`${STATE}/`)),
            // Where the policy engine looks for it, below a /run that is the node's own.
            ["/var/run/nri/nri.sock"],
        );
        for (const folder of [BIN, CONFIG, KUBECONFIG, LOGS, PKI]) {
            assert.ok(folder.startsWith(`${STATE}/`), folder);
        }
        assert.equal(findShellValue("state"), STATE);
        assert.equal(FIRST_NODE.folder, STATE);
        assert.match(init, /pki=\$state\/pki config=\$state\/config logs=\$state\/logs/);
    });

    it("for containerd's socket", () => {
        const [, socket = ""] = /address = "([^"]+)"/.exec(containerd) ?? [];
        assert.ok(isRecord(kubelet));
        assert.equal(kubelet.containerRuntimeEndpoint, `unix://${socket}`);
        assert.equal(socket.replace(STATE, "$state"), /--address="([^"]+)"/.exec(init)?.[1]);
    });

    it("for the directory of volumes", () => {
        assert.equal(path.join(STATE, "volumes"), findShellValue("volumes").replace("$state", STATE));
    });

    it("for the cgroup of pods", () => {
        assert.ok(isRecord(kubelet));
        assert.equal(kubelet.cgroupRoot, `/${CGROUP}`);
    });
});

describe("parseNodeCount", () => {
    it("returns 1 by default, accepts 2 and rejects other values", () => {
        assert.deepEqual([{}, { NODES: "" }, { NODES: "1" }, { NODES: "2" }].map(parseNodeCount), [1, 1, 1, 2]);
        for (const NODES of ["0", "3", "two", "1.0"]) {
            assert.throws(() => parseNodeCount({ NODES }), new RegExp(`NODES must be 1 or 2, got ${NODES}`));
        }
    });
});

describe("sandbox environment", () => {
    it("keeps kubectl and Pulumi in the sandbox's directories, with its programs first in PATH", () => {
        const { PATH, KUBECONFIG: kubeconfig, PULUMI_HOME, PULUMI_BACKEND_URL } = sandboxEnv();
        assert.ok(PATH?.startsWith(`${BIN}:`));
        assert.equal(kubeconfig, KUBECONFIG);
        assert.ok(PULUMI_HOME?.startsWith(`${STATE}/`));
        assert.equal(PULUMI_BACKEND_URL, `file://${PULUMI_HOME}`);
    });

    it("makes Pulumi use only the plugins of its home, not those on PATH", () => {
        assert.equal(sandboxEnv().PULUMI_IGNORE_AMBIENT_PLUGINS, "true");
    });

    it("places caches outside the directory that make down deletes", () => {
        for (const kept of [CACHE, BUILD_LOGS, LOCK]) {
            assert.ok(!kept.startsWith(STATE.concat("/")), kept);
        }
    });
});

describe("stack sandbox", () => {
    it("uses the built images and runs each as the image's user", () => {
        const users = new Map([...IMAGES, SHOP_IMAGE].map(({ name, user }) => [name, user]));
        const manifests = parseAllDocuments(fs.readFileSync(path.join(ROOT, "tests/golden/sandbox.yaml"), "utf8"));
        const workloads = manifests.map((document) => document.toJS() as Manifest).filter(isWorkload);
        assert.ok(workloads.length >= 6);
        for (const workload of workloads) {
            const { image } = getContainer(workload);
            assert.equal(users.get(image), getPodTemplate(workload).spec.securityContext.runAsUser, image);
        }
    });
});
