import type { Duration } from "./common";
import type { ExtensionId } from "./extensions";

export interface RetryOnFailure {
    readonly enabled: boolean;
    readonly initial_interval?: Duration;
    readonly max_interval?: Duration;
    /** `0s` retries without a limit. */
    readonly max_elapsed_time?: Duration;
}

type Sizer = "bytes" | "items" | "requests";

export interface SendingQueue {
    readonly enabled?: boolean;
    readonly sizer: Sizer;
    readonly queue_size: number;
    readonly num_consumers?: number;
    /** Whether a full queue blocks the sender. By default it rejects the data. */
    readonly block_on_overflow?: boolean;
    /** The extension that stores the queue. Undefined uses memory. */
    readonly storage?: ExtensionId;
    readonly batch?: {
        readonly flush_timeout: Duration;
        readonly sizer: Sizer;
        readonly min_size: number;
        readonly max_size: number;
    };
}
