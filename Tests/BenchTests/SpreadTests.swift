import Testing
import peftexp_bench

@Suite("Measurements seen as one")
struct SpreadTests {
    @Test("The middle of an odd number is a value, of an even number the mean of two")
    func median() {
        #expect(Spread([3, 1, 2])?.median == 2)
        #expect(Spread([4, 1, 3, 2])?.median == 2.5)
        #expect(Spread([7])?.median == 7)
    }

    @Test("Order does not matter; what is no number is left out")
    func range() {
        let spread = Spread([5, .nan, 2, .infinity, 9])
        #expect(spread?.least == 2)
        #expect(spread?.median == 5)
        #expect(spread?.most == 9)
        #expect(Spread([]) == nil)
        #expect(Spread([.nan]) == nil)
    }

    @Test("The range stands behind the median where there is one")
    func text() {
        let format = Measure.tokensPerSecond.text
        #expect(Spread([3000, 1000, 2000])?.text(format) == "2.00k (1.00k to 3.00k)")
        #expect(Spread([2000, 2000])?.text(format) == "2.00k")
    }
}
