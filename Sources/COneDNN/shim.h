#pragma once
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

// The few calls that products of matrices need, the same for versions 2 and 3 of the library: version 3 hands descriptions of memory out
// by reference and has no descriptions of operations.

// How a matrix lies in memory, ours to free.
typedef struct onednn_layout {
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_t described;
#else
    dnnl_memory_desc_t described[1];
#endif
} onednn_layout;

static inline void onednn_layout_free(onednn_layout *layout) {
    if (!layout) return;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_destroy(layout->described);
#endif
    free(layout);
}

#if DNNL_VERSION_MAJOR < 3
typedef const dnnl_memory_desc_t *const_dnnl_memory_desc_t;
#endif

static inline onednn_layout *onednn_layout_copy(const_dnnl_memory_desc_t from) {
    onednn_layout *layout = from ? (onednn_layout *)malloc(sizeof(onednn_layout)) : 0;
    if (!layout) return 0;
#if DNNL_VERSION_MAJOR >= 3
    if (dnnl_memory_desc_clone(&layout->described, from) == dnnl_success) return layout;
    free(layout);
    return 0;
#else
    layout->described[0] = *from;
    return layout;
#endif
}

// A matrix whose elements lie `row` and `column` elements apart; both 0: as suits the product.
static inline onednn_layout *onednn_layout_make(dnnl_dim_t rows, dnnl_dim_t columns, dnnl_data_type_t type,
                                                dnnl_dim_t row, dnnl_dim_t column) {
    dnnl_dims_t lengths = {rows, columns}, strides = {row, column};
    onednn_layout *layout = (onednn_layout *)malloc(sizeof(onednn_layout));
    if (!layout) return 0;
    dnnl_status_t status;
#if DNNL_VERSION_MAJOR >= 3
    status = row || column
                 ? dnnl_memory_desc_create_with_strides(&layout->described, 2, lengths, type, strides)
                 : dnnl_memory_desc_create_with_tag(&layout->described, 2, lengths, type, dnnl_format_tag_any);
#else
    status = row || column ? dnnl_memory_desc_init_by_strides(layout->described, 2, lengths, type, strides)
                           : dnnl_memory_desc_init_by_tag(layout->described, 2, lengths, type, dnnl_format_tag_any);
#endif
    if (status == dnnl_success) return layout;
    free(layout);
    return 0;
}

// A matrix in blocks of 64 columns, in each of them pairs of rows, rows rounded up to 32: what `pk_pack_pairs` writes.
static inline onednn_layout *onednn_layout_make_pairs(dnnl_dim_t rows, dnnl_dim_t columns) {
    dnnl_dims_t lengths = {rows, columns};
    onednn_layout *layout = (onednn_layout *)malloc(sizeof(onednn_layout));
    if (!layout) return 0;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_status_t status =
        dnnl_memory_desc_create_with_tag(&layout->described, 2, lengths, dnnl_bf16, dnnl_BA16a64b2a);
#else
    dnnl_status_t status = dnnl_memory_desc_init_by_tag(layout->described, 2, lengths, dnnl_bf16, dnnl_BA16a64b2a);
#endif
    if (status == dnnl_success) return layout;
    free(layout);
    return 0;
}

static inline int onednn_layout_equal(const onednn_layout *a, const onednn_layout *b) {
    return dnnl_memory_desc_equal(a->described, b->described);
}

static inline size_t onednn_layout_size(const onednn_layout *layout) {
    return dnnl_memory_desc_get_size(layout->described);
}

// What a matrix product is made of: the primitive, where its weights lie, and its scratch memory, all ours to free.
typedef struct {
    dnnl_primitive_t primitive;
    onednn_layout *weights, *scratch;
    // Whether it is one of the library's products by batch-reduced blocks, its best.
    int is_brgemm;
} onednn_product;

static inline void onednn_product_free(onednn_product product) {
    if (product.primitive) dnnl_primitive_destroy(product.primitive);
    onednn_layout_free(product.weights);
    onednn_layout_free(product.scratch);
}

// destination = source x weights (+ bias, one row); scratch memory is the caller's, so that threads can share the primitive.
static inline dnnl_status_t onednn_product_make(dnnl_engine_t engine, const onednn_layout *source,
                                                const onednn_layout *weights, const onednn_layout *bias,
                                                const onednn_layout *destination, onednn_product *product) {
    onednn_product made = {0, 0, 0, 0};
    dnnl_primitive_attr_t attributes = 0;
    dnnl_primitive_desc_t described = 0;
    dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    if (status == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_matmul_primitive_desc_create(&described, engine, source->described, weights->described,
                                                   bias ? bias->described : 0, destination->described, attributes);
#else
        dnnl_matmul_desc_t operation;
        status = dnnl_matmul_desc_init(&operation, source->described, weights->described, bias ? bias->described : 0,
                                       destination->described);
        if (status == dnnl_success) status = dnnl_primitive_desc_create(&described, &operation, attributes, engine, 0);
#endif
    }
    if (status == dnnl_success) status = dnnl_primitive_create(&made.primitive, described);
    if (status == dnnl_success) {
        made.weights = onednn_layout_copy(dnnl_primitive_desc_query_md(described, dnnl_query_weights_md, 0));
        made.scratch = onednn_layout_copy(dnnl_primitive_desc_query_md(described, dnnl_query_scratchpad_md, 0));
        const char *way = 0;
        dnnl_primitive_desc_query(described, dnnl_query_impl_info_str, 0, &way);
        made.is_brgemm = way && !strncmp(way, "brg", 3);
        if (!made.weights || !made.scratch) status = dnnl_out_of_memory;
    }
    if (described) dnnl_primitive_desc_destroy(described);
    if (attributes) dnnl_primitive_attr_destroy(attributes);
    if (status == dnnl_success) *product = made;
    else onednn_product_free(made);
    return status;
}

// One operand of a primitive: where it lies, and how.
typedef struct {
    int role;
    const onednn_layout *layout;
    void *memory;
} onednn_operand;

// Runs a primitive over at most 5 operands, those without a layout left out, and waits for it.
static inline dnnl_status_t onednn_run(dnnl_primitive_t primitive, dnnl_engine_t engine, dnnl_stream_t stream,
                                       const onednn_operand *operands, int count) {
    dnnl_exec_arg_t arguments[5];
    dnnl_status_t status = count <= 5 ? dnnl_success : dnnl_invalid_arguments;
    int used = 0;
    for (int i = 0; i < count && status == dnnl_success; i++) {
        if (!operands[i].layout) continue;
        arguments[used].arg = operands[i].role;
        status = dnnl_memory_create(&arguments[used].memory, operands[i].layout->described, engine, operands[i].memory);
        if (status == dnnl_success) used++;
    }
    if (status == dnnl_success) status = dnnl_primitive_execute(primitive, stream, used, arguments);
    if (status == dnnl_success) status = dnnl_stream_wait(stream);
    for (int i = 0; i < used; i++) dnnl_memory_destroy(arguments[i].memory);
    return status;
}

// Copies a matrix from one layout into another.
static inline dnnl_status_t onednn_copy(dnnl_engine_t engine, dnnl_stream_t stream, const onednn_layout *from,
                                        void *source, const onednn_layout *to, void *destination) {
    dnnl_primitive_desc_t described = 0;
    dnnl_primitive_t primitive = 0;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(&described, from->described, engine, to->described, engine, 0);
    if (status == dnnl_success) status = dnnl_primitive_create(&primitive, described);
    if (status == dnnl_success) {
        onednn_operand operands[2] = {{DNNL_ARG_FROM, from, source}, {DNNL_ARG_TO, to, destination}};
        status = onednn_run(primitive, engine, stream, operands, 2);
    }
    if (primitive) dnnl_primitive_destroy(primitive);
    if (described) dnnl_primitive_desc_destroy(described);
    return status;
}

// The calling thread works alone from now on where the library would start threads of OpenMP.
static inline void onednn_work_alone(void) {
    typedef void (*set_threads)(int);
    static set_threads found = 0;
    static int looked = 0;
    if (!__atomic_load_n(&looked, __ATOMIC_ACQUIRE)) {
        __atomic_store_n(&found, (set_threads)dlsym(0, "omp_set_num_threads"), __ATOMIC_RELAXED);
        __atomic_store_n(&looked, 1, __ATOMIC_RELEASE);
    }
    set_threads set = __atomic_load_n(&found, __ATOMIC_RELAXED);
    if (set) set(1);
}

// Whether the library has products of floats for the processor's widest vectors.
static inline int onednn_multiplies_floats(void) {
#if defined(__x86_64__)
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
#else
    return 0;
#endif
}
