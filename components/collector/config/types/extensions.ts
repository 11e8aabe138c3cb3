import type { Address, ComponentId, Duration, Section } from "./common";

export interface ExtensionTypes {
    readonly bearertokenauth: {
        /** A file with one valid token per line. */
        readonly filename: string;
        readonly wait_for_token_file?: boolean;
        readonly retry_on_failure?: {
            readonly enabled: boolean;
            readonly max_retries: number;
            readonly interval: Duration;
        };
    };
    readonly health_check: { readonly endpoint: Address };
    readonly file_storage: {
        readonly directory: string;
        readonly create_directory: boolean;
        /** Maximum size of each file in bytes. */
        readonly max_size: number;
        readonly fsync: boolean;
        /** Whether a corrupt file is renamed and a new one is created. */
        readonly recreate: boolean;
        readonly compaction: {
            readonly directory: string;
            readonly on_start: boolean;
            readonly cleanup_on_start: boolean;
            readonly on_rebound: boolean;
            readonly rebound_needed_threshold_mib: number;
            readonly rebound_trigger_threshold_mib: number;
        };
    };
}

export type Extensions = Section<ExtensionTypes>;
export type ExtensionId = ComponentId<ExtensionTypes>;
