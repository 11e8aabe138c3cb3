import { InitError } from "../shared/errors";
import { type JsonObject, textAt, without } from "../shared/json";
import { containsUnknown, revealObject } from "../shared/properties";
import type { CreateRequest, CreateResult, UpdateRequest } from "../shared/provider";
import { fieldManagerOf, outputsOf, previewOutputs, unknownOutputs } from "./checkpoint";
import { ApiError, UnreachableError } from "./client";
import type { Location } from "./cluster";
import { type Context, patienceFor } from "./context";
import { describe, idOf, nameOf, namespaceOf, typeOf } from "./object";
import { isFixedField } from "./replacement";
import { ruleFor } from "./ready/rules";
import { skipsAwait } from "./settings";
import { NotReadyError, waitUntilGone, waitUntilReady } from "./wait";

interface Work {
    readonly urn: string;
    /** As the program gave them, secrets marked. */
    readonly inputs: JsonObject;
    /** The same in plain, as the API server takes it. */
    readonly object: JsonObject;
    readonly manager: string;
    /** A new object must not take fields from others; one of ours takes them back. */
    readonly force: boolean;
    readonly timeout: number;
}

/** `context` is undefined in a preview that does not know the cluster yet. */
export async function create(request: CreateRequest, context: Context | undefined): Promise<CreateResult> {
    const { urn, inputs, timeout } = request;
    const work = workOf(urn, inputs, {}, timeout, false);
    if (request.preview) {
        return { id: "", outputs: (context && (await preview(work, context))) ?? unknownOutputs(inputs, true) };
    }
    const live = await write(work, known(context), "created");
    return { id: idOf(live), outputs: outputsOf(live, inputs, work.manager) };
}

export async function update(request: UpdateRequest, context: Context | undefined): Promise<JsonObject> {
    const { urn, news, oldOutputs, timeout } = request;
    const work = workOf(urn, news, oldOutputs, timeout, true);
    if (request.preview) {
        return (context && (await preview(work, context))) ?? unknownOutputs(news, false);
    }
    return outputsOf(await write(work, known(context), "updated"), news, work.manager);
}

function workOf(urn: string, inputs: JsonObject, state: JsonObject, timeout: number, force: boolean): Work {
    const object = without(revealObject(inputs), "status");
    return { urn, inputs, object, manager: fieldManagerOf(urn, object, state), force, timeout };
}

function known(context: Context | undefined): Context {
    if (context === undefined) {
        throw new Error("the provider's kubeconfig is not known");
    }
    return context;
}

/** What a dry run says; undefined when none can be done yet. */
async function preview(work: Work, context: Context): Promise<JsonObject | undefined> {
    const { urn, inputs, object, manager, force } = work;
    if (containsUnknown(object)) {
        return undefined;
    }
    const onWarning = warner(context, urn);
    try {
        const location = await context.cluster.locateObject(object, typeOf(object, urn));
        if (location === undefined) {
            return undefined;
        }
        const result = await context.cluster.apply(location, object, { manager, force, dryRun: true, onWarning });
        return outputsOf(previewOutputs(result, object, !force), inputs, manager);
    } catch (error) {
        if (error instanceof UnreachableError) {
            onWarning(`${error.message}; the preview shows what the program asks for`);
            return undefined;
        }
        if (error instanceof ApiError && cannotBePreviewed(error, force)) {
            return undefined;
        }
        throw withName(error, object);
    }
}

/**
 * The namespace is yet to be made, or the old object of that name is yet to be deleted, or the dry run is not allowed:
 * the real run may well succeed.
 */
function cannotBePreviewed(error: ApiError, update: boolean): boolean {
    const noNamespace = error.code === 404 && error.subject === "namespaces";
    const toBeReplaced = !update && error.code === 422 && error.causes.some(isFixedField);
    return noNamespace || toBeReplaced || error.code === 403;
}

async function write(work: Work, context: Context, done: "created" | "updated"): Promise<JsonObject> {
    const { urn, inputs, object, manager, timeout } = work;
    const { cluster } = context;
    const type = typeOf(object, urn);
    const location = await cluster.locateNew(type, nameOf(object), namespaceOf(object));
    const applied = await applyLasting(work, location, context);
    context.applied.add(location.path);
    const rule = ruleFor(type);
    if (rule === undefined || skipsAwait(object)) {
        return applied;
    }
    const patience = patienceFor(context, urn, object, timeout);
    try {
        return await waitUntilReady(cluster, location, rule, applied, patience);
    } catch (error) {
        // Whatever broke the wait, the object stands and belongs into the state.
        const { live, reasons } = error instanceof NotReadyError ? error : { live: applied, reasons: [String(error)] };
        const message = `${describe(live)} was ${done} but did not become ready: ${reasons.join("; ")}`;
        throw new InitError(message, idOf(live), outputsOf(live, inputs, manager), reasons);
    }
}

/** An object that is being deleted takes changes, or refuses them, and then goes: lets it go first. */
async function applyLasting(work: Work, location: Location, context: Context): Promise<JsonObject> {
    const { urn, object, manager, force, timeout } = work;
    const options = { manager, force, dryRun: false, onWarning: warner(context, urn) };
    const apply = (): Promise<JsonObject> => context.cluster.apply(location, object, options);
    try {
        const applied = await apply().catch((error: unknown) => errorUnlessGoing(error, location, context));
        if (!isGoing(applied)) {
            return applied;
        }
        const patience = patienceFor(context, urn, object, timeout);
        await waitUntilGone(context.cluster, location, applied, patience, () => ["it is being deleted"]);
        return await apply();
    } catch (error) {
        throw withName(error, object);
    }
}

async function errorUnlessGoing(error: unknown, location: Location, { cluster }: Context): Promise<JsonObject> {
    const live = error instanceof ApiError && error.code === 422 ? await cluster.get(location) : undefined;
    if (live === undefined || !isGoing(live)) {
        throw error;
    }
    return live;
}

function isGoing(object: JsonObject): boolean {
    return textAt(object, "metadata", "deletionTimestamp") !== undefined;
}

function warner({ log }: Context, urn: string): (message: string) => void {
    return (message) => {
        log.warning(urn, message);
    };
}

function withName(error: unknown, object: JsonObject): unknown {
    return error instanceof ApiError ? new Error(`${describe(object)}: ${error.message}`, { cause: error }) : error;
}
