/// Every way to make trials; their products are taken in this order, the last one fastest.
///
/// To add one, write its file and add its line.
public let strategies: [Strategy] = [
    .list,
    .grid,
    .zip,
    .random,
]

/// Every rule that ends trials before their time. To add one, write its file and add its line.
public let stoppingRules: [StoppingEntry] = [
    StoppingEntry(NeverStopping.self),
    StoppingEntry(SuccessiveHalving.self),
    StoppingEntry(MedianRule.self),
]
