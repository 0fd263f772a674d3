/// XXH64 with seed 0: a checksum at memory speed that tells damage apart, and protects from nobody.
///
/// Four lanes of 64-bit multiplications over 32-byte stripes; <https://xxhash.com>.
public enum XXHash64 {
    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    /// The checksum of `bytes`.
    public static func checksum(of bytes: RawSpan) -> UInt64 {
        var hash = prime5
        var offset = 0
        if bytes.byteCount >= 32 {
            var (a, b, c, d) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
            while bytes.byteCount - offset >= 32 {
                a = lane(a, word(bytes, offset))
                b = lane(b, word(bytes, offset &+ 8))
                c = lane(c, word(bytes, offset &+ 16))
                d = lane(d, word(bytes, offset &+ 24))
                offset &+= 32
            }
            hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            for value in [a, b, c, d] { hash = (hash ^ lane(0, value)) &* prime1 &+ prime4 }
        }
        hash &+= UInt64(bytes.byteCount)
        while bytes.byteCount - offset >= 8 {
            hash = rotate(hash ^ lane(0, word(bytes, offset)), 27) &* prime1 &+ prime4
            offset &+= 8
        }
        if bytes.byteCount - offset >= 4 {
            let half = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            hash = rotate(hash ^ UInt64(UInt32(littleEndian: half)) &* prime1, 23) &* prime2 &+ prime3
            offset &+= 4
        }
        while offset < bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            hash = rotate(hash ^ UInt64(byte) &* prime5, 11) &* prime1
            offset &+= 1
        }
        hash = (hash ^ (hash &>> 33)) &* prime2
        hash = (hash ^ (hash &>> 29)) &* prime3
        return hash ^ (hash &>> 32)
    }

    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func lane(_ accumulator: UInt64, _ value: UInt64) -> UInt64 {
        rotate(accumulator &+ value &* prime2, 31) &* prime1
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value &<< count) | (value &>> (64 &- count))
    }
}
