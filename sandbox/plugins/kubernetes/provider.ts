import type { Log } from "../shared/engine-log";
import { type JsonObject, textAt } from "../shared/json";
import { containsUnknown, revealObject } from "../shared/properties";
import type * as api from "../shared/provider";
import { check } from "./check";
import { KubeClient } from "./client";
import { Cluster } from "./cluster";
import type { Context } from "./context";
import { diff } from "./diff";
import { readConnection } from "./kubeconfig";
import { read } from "./read";
import { remove } from "./remove";
import { create, update } from "./write";

/** Applies Kubernetes objects by server-side apply and waits for them: the sandbox's stand-in for the official plugin. */
export class KubernetesProvider implements api.Provider {
    readonly name = "kubernetes";
    readonly description = "the sandbox's stand-in for Pulumi's Kubernetes plugin";
    private readonly canceller = new AbortController();
    private args: JsonObject = {};
    private current: Context | undefined;

    constructor(
        readonly version: string,
        private readonly log: Log,
    ) {}

    configure({ args }: api.ConfigureRequest): Promise<void> {
        this.args = revealObject(args);
        this.current = undefined;
        return Promise.resolve();
    }

    check(request: api.CheckRequest): Promise<api.CheckResult> {
        return Promise.resolve(check(request, textAt(this.args, "namespace")));
    }

    async diff(request: api.DiffRequest): Promise<api.DiffResult> {
        const mutable = new Set([
            ...(isOn(this.args, "enableConfigMapMutable") ? ["v1/ConfigMap"] : []),
            ...(isOn(this.args, "enableSecretMutable") ? ["v1/Secret"] : []),
        ]);
        return await diff(request, { cluster: this.contextForPreview(request.urn)?.cluster, mutable });
    }

    async create(request: api.CreateRequest): Promise<api.CreateResult> {
        return await create(request, request.preview ? this.contextForPreview(request.urn) : this.context());
    }

    async read(request: api.ReadRequest): Promise<api.ReadResult | undefined> {
        return await read(request, this.context());
    }

    async update(request: api.UpdateRequest): Promise<JsonObject> {
        return await update(request, request.preview ? this.contextForPreview(request.urn) : this.context());
    }

    async delete(request: api.DeleteRequest): Promise<void> {
        await remove(request, this.context());
    }

    cancel(): void {
        this.canceller.abort();
    }

    /** Undefined where nobody can be asked: the cluster is yet to be made, or no kubeconfig says where it is. */
    private contextForPreview(urn: string): Context | undefined {
        const arguments_ = ["kubeconfig", "context", "cluster", "namespace"].map((name) => this.args[name] ?? null);
        if (arguments_.some(containsUnknown)) {
            return undefined;
        }
        try {
            return this.context();
        } catch (error) {
            this.log.warning(urn, `${String(error)}; the preview shows what the program asks for`);
            return undefined;
        }
    }

    /** The kubeconfig is read on first use: a program without objects needs none. */
    private context(): Context {
        this.current ??= this.connect();
        return this.current;
    }

    private connect(): Context {
        const connection = readConnection(
            {
                kubeconfig: textAt(this.args, "kubeconfig"),
                context: textAt(this.args, "context"),
                cluster: textAt(this.args, "cluster"),
                namespace: textAt(this.args, "namespace"),
            },
            process.env,
        );
        const cluster = new Cluster(new KubeClient(connection), connection.namespace);
        return { cluster, log: this.log, signal: this.canceller.signal, applied: new Set() };
    }
}

function isOn(args: JsonObject, name: string): boolean {
    return args[name] === true || args[name] === "true";
}
