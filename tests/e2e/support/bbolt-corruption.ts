/** A queue's file is a bbolt database of such pages. Each starts with its number, its type and its number of items. */
const PAGE_BYTES = 4096;
/** Offset in a page of the length of the second item's key. */
const SECOND_KEY_LENGTH_OFFSET = 40;

/** Queue files on a Collector's volume, as {@link VolumePod} mounts it. */
export const QUEUE_FILES = {
    jaeger: "/data/queues/exporter_otlp_http_jaeger_traces",
    victorialogs: "/data/queues/exporter_otlp_http_victorialogs_logs",
} as const;

/**
 * Puts keys out of order, which bbolt detects when it opens the database. Old pages among new ones after a power
 * failure look like this.
 */
export function renderKeyCorruption(file: string): string {
    return [
        `hexdump -v -e '"%_ad" 8/2 " %04x" "\\n"' ${file} |`,
        `awk '$1 % ${PAGE_BYTES} == 0 && $6 == "0002" && $7 > "0001" { print $1 + ${SECOND_KEY_LENGTH_OFFSET} }' |`,
        `while read at; do dd if=/dev/zero of=${file} bs=1 count=4 seek="$at" conv=notrunc 2>&-; done`,
    ].join("\n");
}

/** Overwrites page numbers, at which bbolt fails later. Pages that were never written look like this. */
export function renderPageCorruption(file: string): string {
    return `dd if=/dev/zero of=${file} bs=${PAGE_BYTES} seek=2 count=100 conv=notrunc`;
}
