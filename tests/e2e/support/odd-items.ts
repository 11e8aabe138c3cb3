import type { BackendConnections } from "./query-assertions";
import type { LogRecord } from "../../../tools/verify/store-api";

/** An item that a store cannot take or find as it is, in OTLP/JSON. */
export interface OddItem {
    readonly about: string;
    /** The value of the label `reason` of its repair. Undefined if it is not counted. */
    readonly reason?: string;
    /** The name that its service has in the stores, if the sender gives none. */
    readonly service?: string;
    readonly item: object;
    /** Fails if what is stored is not the repaired item. */
    readonly assertStored: (stored: LogRecord) => void;
}

/** How to send and find the odd items of a signal. */
export interface OddSignal {
    readonly signal: "logs" | "traces";
    /** Called when they are sent, because their times are relative to now. */
    readonly createItems: () => readonly OddItem[];
    readonly createNeighbour: () => object;
    /** A part of a request: one item of a service. */
    readonly renderPart: (service: string, item: object, odd?: OddItem) => object;
    readonly renderRequest: (parts: readonly object[]) => object;
    /** The stored items that this service sent. A span is shown as a record: its name and its tags. */
    readonly findStored: (
        backends: BackendConnections,
        service: string,
        odd?: OddItem,
    ) => Promise<readonly LogRecord[]>;
}

/** The text of the items that need no repair. */
export const NEIGHBOUR = "neighbour";

export function renderNanoseconds(milliseconds: number): string {
    return String(BigInt(milliseconds) * 1_000_000n);
}

export function renderAttribute(key: string, value: string): object {
    return { key, value: { stringValue: value } };
}
