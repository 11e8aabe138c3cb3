/** Blowfish as bcrypt uses it. https://www.schneier.com/academic/archives/1994/09/description_of_a_new.html */
export interface Blowfish {
    readonly p: Uint32Array;
    /** Four boxes of 256 in a row. */
    readonly s: Uint32Array;
}

const P_WORDS = 18;
const S_WORDS = 4 * 256;

let digitsOfPi: Uint32Array | undefined;

/** The boxes before any key: the fractional part of pi. */
export function freshBlowfish(): Blowfish {
    digitsOfPi ??= fractionOfPi(P_WORDS + S_WORDS);
    return { p: digitsOfPi.slice(0, P_WORDS), s: digitsOfPi.slice(P_WORDS) };
}

/** Machin's formula in fixed point: 16 arctan(1/5) - 4 arctan(1/239). */
function fractionOfPi(words: number): Uint32Array {
    const guard = 64n;
    const bits = BigInt(words * 32) + guard;
    const one = 1n << bits;
    const pi = 16n * inverseTangent(5n, one) - 4n * inverseTangent(239n, one);
    const fraction = (pi - 3n * one) >> guard;
    const hex = fraction.toString(16).padStart(words * 8, "0");
    return Uint32Array.from({ length: words }, (_, index) => parseInt(hex.slice(index * 8, index * 8 + 8), 16));
}

function inverseTangent(inverse: bigint, one: bigint): bigint {
    const square = inverse * inverse;
    let power = one / inverse;
    let sum = power;
    for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
        power /= square;
        sum += (sign * power) / divisor;
    }
    return sum;
}

/** Encrypts the two words at `offset` in place. */
export function encipher({ p, s }: Blowfish, block: Uint32Array, offset: number): void {
    let left = (block[offset] ?? 0) ^ (p[0] ?? 0);
    let right = block[offset + 1] ?? 0;
    for (let round = 1; round <= 16; round += 2) {
        right ^= mix(s, left) ^ (p[round] ?? 0);
        left ^= mix(s, right) ^ (p[round + 1] ?? 0);
    }
    block[offset] = right ^ (p[17] ?? 0);
    block[offset + 1] = left;
}

function mix(s: Uint32Array, word: number): number {
    const first = (s[word >>> 24] ?? 0) + (s[256 + ((word >>> 16) & 0xff)] ?? 0);
    return ((first ^ (s[512 + ((word >>> 8) & 0xff)] ?? 0)) + (s[768 + (word & 0xff)] ?? 0)) | 0;
}

/** Works a key, and a salt of four words if there is one, into the boxes. */
export function expandKey(state: Blowfish, key: Uint32Array, salt: Uint32Array | undefined): void {
    for (let index = 0; index < P_WORDS; index++) {
        state.p[index] = (state.p[index] ?? 0) ^ (key[index] ?? 0);
    }
    const block = new Uint32Array(2);
    let position = 0;
    for (const box of [state.p, state.s]) {
        for (let index = 0; index < box.length; index += 2) {
            if (salt !== undefined) {
                block[0] = (block[0] ?? 0) ^ (salt[position & 3] ?? 0);
                block[1] = (block[1] ?? 0) ^ (salt[(position + 1) & 3] ?? 0);
                position += 2;
            }
            encipher(state, block, 0);
            box[index] = block[0] ?? 0;
            box[index + 1] = block[1] ?? 0;
        }
    }
}
