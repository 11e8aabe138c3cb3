/** A queue's file is a bbolt database of such pages; each begins with its number, its kind and how many items it has. */
const PAGE_BYTES = 4096;
/** From the begin of a page to the length of its second item's key. */
const SECOND_KEY_LENGTH_OFFSET = 40;

/** Queues on a Collector's volume, as {@link VolumePod} sees it. */
export const QUEUE_FILES = {
    jaeger: "/data/queues/exporter_otlp_http_jaeger_traces",
    victorialogs: "/data/queues/exporter_otlp_http_victorialogs_logs",
} as const;

/**
 * Keys out of their order, which bbolt looks for when it opens a database, and says: what is left of old pages among new
 * ones after a power cut looks so.
 */
export function renderKeyCorruption(file: string): string {
    return [
        `hexdump -v -e '"%_ad" 8/2 " %04x" "\\n"' ${file} |`,
        `awk '$1 % ${PAGE_BYTES} == 0 && $6 == "0002" && $7 > "0001" { print $1 + ${SECOND_KEY_LENGTH_OFFSET} }' |`,
        `while read at; do dd if=/dev/zero of=${file} bs=1 count=4 seek="$at" conv=notrunc 2>&-; done`,
    ].join("\n");
}

/** Pages without their numbers, in the midst of which bbolt does not go on: what was never written looks so. */
export function renderPageCorruption(file: string): string {
    return `dd if=/dev/zero of=${file} bs=${PAGE_BYTES} seek=2 count=100 conv=notrunc`;
}
