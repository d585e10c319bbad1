package io.github.qmpreactive.declare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MutableConfigOverride;
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
                .withConfigOverride(Set.class, Mappers::skipNulls)
                .withConfigOverride(EnumSet.class, Mappers::skipNulls)
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

    /** A set of constants takes no null, which is what an unknown value is read as. */
    private static void skipNulls(MutableConfigOverride sets) {
        sets.setNullHandling(JsonSetter.Value.forContentNulls(Nulls.SKIP));
    }
}
