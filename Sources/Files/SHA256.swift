/// SHA-256 of bytes that come in pieces (FIPS 180-4).
///
///     var hash = SHA256()
///     hash.update("abc")
///     hash.digest().hex          // ba7816bf…
public struct SHA256: Sendable {
    private var state: State = (
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    private var rest: [UInt8] = []
    private var length: UInt64 = 0

    private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
    private static let blockSize = 64

    /// The hash of nothing yet.
    public init() {}

    /// The hash of `bytes`.
    public static func digest(of bytes: RawSpan) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }

    /// The hash of `text` in UTF-8.
    public static func digest(of text: String) -> Digest {
        var hash = SHA256()
        hash.update(text)
        return hash.digest()
    }

    /// The hash of a mapped file's bytes.
    public static func digest(of file: MappedFile) -> Digest {
        unsafe file.withBytes { unsafe digest(of: $0.bytes) }
    }

    /// Takes in `text` as UTF-8.
    public mutating func update(_ text: String) {
        unsafe update(Array(text.utf8).span.bytes)
    }

    /// Takes in `bytes`.
    public mutating func update(_ bytes: RawSpan) {
        length &+= UInt64(bytes.byteCount)
        var bytes = bytes
        if !rest.isEmpty {
            let taken = min(Self.blockSize - rest.count, bytes.byteCount)
            for offset in 0..<taken { rest.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
            bytes = bytes.extracting(droppingFirst: taken)
            guard rest.count == Self.blockSize else { return }
            let block = rest
            unsafe Self.compress(&state, block.span.bytes)
            rest = []
        }
        let whole = bytes.byteCount / Self.blockSize * Self.blockSize
        if whole > 0 { Self.compress(&state, bytes.extracting(first: whole)) }
        for offset in whole..<bytes.byteCount {
            rest.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
    }

    /// The digest of all that was taken in; more may be taken in afterwards.
    public func digest() -> Digest {
        var tail = rest + [0x80]
        while tail.count % Self.blockSize != Self.blockSize - 8 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: (length &<< 3) &>> UInt64(shift)))
        }
        var state = state
        unsafe Self.compress(&state, tail.span.bytes)
        let (a, b, c, d, e, f, g, h) = state
        return Digest(words: [a, b, c, d, e, f, g, h])
    }

    /// Folds whole blocks into the state.
    ///
    /// The eight words rotate by renaming, eight rounds at a time, so that nothing is moved; the message schedule is a ring of 16
    /// words that is remade in place.
    private static func compress(_ state: inout State, _ blocks: RawSpan) {
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { w in
            unsafe roundConstants.withUnsafeBufferPointer { k in
                var offset = 0
                while offset < blocks.byteCount {
                    for i in 0..<16 {
                        let word = unsafe blocks.unsafeLoadUnaligned(fromByteOffset: offset &+ 4 &* i, as: UInt32.self)
                        unsafe w[i] = UInt32(bigEndian: word)
                    }
                    unsafe block(&state, w, k)
                    offset &+= blockSize
                }
            }
        }
    }

    @inline(__always)
    private static func block(
        _ state: inout State, _ w: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>
    ) {
        var (a, b, c, d, e, f, g, h) = state
        for t in stride(from: 0, to: 64, by: 8) {
            if t >= 16 { for i in t..<t &+ 8 { unsafe extend(w, i) } }
            unsafe round(a, b, c, &d, e, f, g, &h, w[t & 15] &+ k[t])
            unsafe round(h, a, b, &c, d, e, f, &g, w[(t &+ 1) & 15] &+ k[t &+ 1])
            unsafe round(g, h, a, &b, c, d, e, &f, w[(t &+ 2) & 15] &+ k[t &+ 2])
            unsafe round(f, g, h, &a, b, c, d, &e, w[(t &+ 3) & 15] &+ k[t &+ 3])
            unsafe round(e, f, g, &h, a, b, c, &d, w[(t &+ 4) & 15] &+ k[t &+ 4])
            unsafe round(d, e, f, &g, h, a, b, &c, w[(t &+ 5) & 15] &+ k[t &+ 5])
            unsafe round(c, d, e, &f, g, h, a, &b, w[(t &+ 6) & 15] &+ k[t &+ 6])
            unsafe round(b, c, d, &e, f, g, h, &a, w[(t &+ 7) & 15] &+ k[t &+ 7])
        }
        state = (
            state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e, state.5 &+ f, state.6 &+ g,
            state.7 &+ h
        )
    }

    /// One round; `word` is the schedule's word with the round's constant added.
    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32, _ word: UInt32
    ) {
        let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
        let choice = g ^ (e & (f ^ g))
        let first = h &+ sum1 &+ choice &+ word
        let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        let majority = (a & b) | (c & (a | b))
        d = d &+ first
        h = first &+ sum0 &+ majority
    }

    /// Makes word `t` of the schedule where word `t - 16` stood.
    @inline(__always)
    private static func extend(_ w: UnsafeMutableBufferPointer<UInt32>, _ t: Int) {
        let w15 = unsafe w[(t &+ 1) & 15]
        let w2 = unsafe w[(t &+ 14) & 15]
        let sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 &>> 3)
        let sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 &>> 10)
        unsafe w[t & 15] = w[t & 15] &+ sigma0 &+ w[(t &+ 9) & 15] &+ sigma1
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word &>> count) | (word &<< (32 &- count))
    }

    /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
