package io.github.qmpreactive.declare;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.TypeFactory;

/** Makes the mapper that fits QEMU's messages. */
final class Mappers {

    private Mappers() {}

    /**
     * A mapper with caches of its own: those of one that is shared would keep the class loader of an application that was
     * stopped.
     */
    static JsonMapper.Builder builder() {
        return JsonMapper.builder()
                .typeFactory(TypeFactory.createDefaultInstance())
                .annotationIntrospector(new QapiNames())
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .changeDefaultPropertyInclusion(
                        inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                .disable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_INVALID_SUBTYPE)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .enable(
                        EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE,
                        EnumFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL);
    }
}
