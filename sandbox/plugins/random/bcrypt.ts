import { encipher, expandKey, freshBlowfish } from "./blowfish";

const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TEXT = "OrpheanBeholderScryDoubt";
const KEY_WORDS = 18;
const SALT_BYTES = 16;
/** The 24th byte of the result is dropped, as every implementation does. */
const HASH_BYTES = 23;
/** bcrypt looks at no more than this of a password. */
const MAX_PASSWORD_BYTES = 72;

/**
 * The bcrypt hash ($2a$) of a password, of its first 72 bytes if it is longer.
 *
 * @param salt 16 random bytes.
 * @param cost Binary logarithm of the rounds.
 */
export function bcrypt(password: string, salt: Buffer, cost: number): string {
    if (salt.length !== SALT_BYTES) {
        throw new RangeError(`a bcrypt salt has ${SALT_BYTES} bytes, not ${salt.length}`);
    }
    const key = repeated(Buffer.from(`${password}\0`, "utf8").subarray(0, MAX_PASSWORD_BYTES));
    const saltKey = repeated(salt);
    const state = freshBlowfish();
    expandKey(state, key, saltKey);
    for (let round = 0; round < 2 ** cost; round++) {
        expandKey(state, key, undefined);
        expandKey(state, saltKey, undefined);
    }
    const block = Uint32Array.from({ length: 6 }, (_, index) => Buffer.from(TEXT, "latin1").readUInt32BE(index * 4));
    for (let offset = 0; offset < block.length; offset += 2) {
        for (let pass = 0; pass < 64; pass++) {
            encipher(state, block, offset);
        }
    }
    const hash = Buffer.alloc(24);
    block.forEach((word, index) => hash.writeUInt32BE(word, index * 4));
    return `$2a$${String(cost).padStart(2, "0")}$${encode(salt)}${encode(hash.subarray(0, HASH_BYTES))}`;
}

/** The bytes over and over, as 18 words. */
function repeated(bytes: Buffer): Uint32Array {
    const buffer = Buffer.alloc(KEY_WORDS * 4, bytes);
    return Uint32Array.from({ length: KEY_WORDS }, (_, index) => buffer.readUInt32BE(index * 4));
}

/** Base64 with an alphabet of its own and no padding. */
function encode(bytes: Buffer): string {
    const length = Math.ceil((bytes.length * 8) / 6);
    const sixBits = (index: number): number => {
        const bit = index * 6;
        const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
        return (pair >> (10 - (bit & 7))) & 0x3f;
    };
    return Array.from({ length }, (_, index) => ALPHABET.charAt(sixBits(index))).join("");
}
