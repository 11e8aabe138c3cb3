import assert from "node:assert/strict";
import * as path from "node:path";
import { assertNamespacesAreNew, getNamespaces } from "../../../components/stack/existing-namespaces";
import { STORED_DATA_OUTPUT, readStoredData } from "../../../components/stack/state";
import { validate } from "../../../config/validate";
import { type Settings, startMocks } from "../../../tools/render/program";
import {
    createTemporaryDirectory,
    getRejectionMessage,
    removeDirectory,
    runWithPath,
    writeCommands,
} from "../../support/fake-commands";

const STACK_TYPE = "otel-stack:index:OtelStack";
const NAMESPACE_TYPE = "kubernetes:core/v1:Namespace";

interface StateArgs {
    /** Type of the parent, if it has one. */
    readonly parent?: string;
    /** Annotations of the Namespace. */
    readonly annotations?: object;
}

/** A Namespace as Pulumi's state of a stack contains it. */
function createState(name: string, { annotations, parent }: StateArgs): Readonly<Record<string, unknown>> {
    const types = [...(parent === undefined ? [] : [parent]), NAMESPACE_TYPE].join("$");
    return {
        [`urn:pulumi:test::otel-stack::${types}::${name}`]: {
            type: NAMESPACE_TYPE,
            outputs: { metadata: { name, annotations } },
        },
    };
}

const MANAGED = { parent: STACK_TYPE, annotations: { "pulumi.com/patchForce": "true" } };

interface Update {
    readonly settings?: Settings;
    /** Namespaces that exist in the cluster. */
    readonly existing?: readonly string[];
    /** Resources in the state. */
    readonly state?: Readonly<Record<string, unknown>>;
    /** The output storedData of the last complete update. */
    readonly storedData?: { readonly namespace: string; readonly namespaceCreated: boolean };
}

/** Runs the check. Returns the Namespaces that it looked for. */
async function check({ settings = {}, existing = [], state, storedData }: Update): Promise<readonly string[]> {
    await startMocks({}, [], "test", true, storedData === undefined ? {} : { storedData }, state);
    const validated = validate(settings);
    assert.ok(validated.settings);
    const asked: string[] = [];
    await assertNamespacesAreNew(validated.settings, await readStoredData(STORED_DATA_OUTPUT), (names) => {
        asked.push(...names);
        return Promise.resolve(names.filter((name) => existing.includes(name)));
    });
    return asked;
}

const NAME = "playground-otel";

describe("assertNamespacesAreNew", () => {
    it("accepts a Namespace that does not exist", async () => {
        assert.deepEqual(await check({ existing: ["other"] }), [NAME]);
    });

    it("rejects an existing Namespace of a new stack, and names both ways to use it", async () => {
        const message = await getRejectionMessage(check({ existing: [NAME] }));
        assert.match(message, /namespace\.name: Namespace playground-otel exists/);
        assert.match(message, /namespace\.create: false/);
        assert.match(
            message,
            /pulumi import --protect=false --generate-code=false kubernetes:core\/v1:Namespace playground-otel/,
        );
    });

    it("rejects the existing Namespace that a stack moves to", async () => {
        const storedData = { namespace: NAME, namespaceCreated: true };
        const update = { state: createState(NAME, MANAGED), storedData, settings: { namespace: { name: "team" } } };
        assert.match(
            await getRejectionMessage(check({ ...update, existing: [NAME, "team"] })),
            /Namespace team exists/,
        );
    });

    it("rejects an existing Namespace of cluster telemetry", async () => {
        const settings = { clusterTelemetry: { kubernetesEvents: { enabled: true } } };
        const message = await getRejectionMessage(check({ settings, existing: [`${NAME}-agent`] }));
        assert.match(message, /clusterTelemetry\.namespace: Namespace playground-otel-agent exists/);
    });

    it("rejects a Namespace that the stack has only read", async () => {
        const storedData = { namespace: NAME, namespaceCreated: false };
        const state = createState(NAME, MANAGED);
        assert.match(await getRejectionMessage(check({ state, storedData, existing: [NAME] })), /exists/);
    });

    it("rejects a Namespace that an update without outputs has only read", async () => {
        const state = createState(NAME, { parent: STACK_TYPE });
        assert.match(await getRejectionMessage(check({ state, existing: [NAME] })), /exists/);
    });

    it("looks for nothing when namespace.create is false", async () => {
        const settings = { namespace: { create: false } };
        assert.deepEqual(await check({ settings, existing: [NAME] }), []);
    });

    const owned: readonly (readonly [title: string, update: Update])[] = [
        [
            "created in a complete update",
            {
                state: createState(NAME, { parent: STACK_TYPE }),
                storedData: { namespace: NAME, namespaceCreated: true },
            },
        ],
        [
            "created for cluster telemetry by an earlier version",
            {
                settings: { namespace: { create: false }, clusterTelemetry: { kubernetesEvents: { enabled: true } } },
                state: createState(`${NAME}-agent`, { parent: "otel-stack:index:ClusterCollection" }),
            },
        ],
        ["created in an update that failed", { state: createState(NAME, MANAGED) }],
        ["imported", { state: createState(NAME, {}) }],
        [
            "imported after it was only read",
            { state: createState(NAME, {}), storedData: { namespace: NAME, namespaceCreated: false } },
        ],
    ];
    for (const [title, update] of owned) {
        it(`looks for nothing when the stack's Namespace was ${title}`, async () => {
            assert.deepEqual(await check({ ...update, existing: [NAME, `${NAME}-agent`] }), []);
        });
    }
});

describe("getNamespaces", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    async function run(script: string, cluster: object = {}): Promise<readonly string[]> {
        writeCommands(path.join(work, "bin"), { kubectl: script });
        const search = `${path.join(work, "bin")}:${process.env.PATH ?? ""}`;
        const provider = { context: undefined, kubeconfig: undefined, ...cluster };
        return runWithPath(search, () => getNamespaces([NAME, "team"], provider));
    }

    it("returns the names that kubectl finds", async () => {
        assert.deepEqual(await run("echo namespace/team"), ["team"]);
        assert.deepEqual(await run("true"), []);
    });

    it("uses the cluster of Pulumi's provider", async () => {
        const script = [
            'case "$*" in *--context=mine*) ;; *) exit 1;; esac',
            'for arg; do case "$arg" in --kubeconfig=*) cat "${arg#--kubeconfig=}";; esac; done',
        ].join("\n");
        assert.deepEqual(await run(script, { context: "mine", kubeconfig: "namespace/from-config\n" }), [
            "from-config",
        ]);
    });

    it("fails when kubectl fails", async () => {
        await assert.rejects(run("echo 'no such host' >&2; exit 1"), /no such host/);
    });
});
