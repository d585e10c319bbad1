package io.github.qmpreactive.declare;

import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedConstructor;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.AnnotatedWithParams;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Relates names of Java to those of QEMU's schema. What is sent is named in kebab-case, which QEMU's own rules ask for;
 * what is received may be in snake case, too, since older members are. Names that annotations give are left as they are.
 */
final class QapiNames extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    private static final Kebab KEBAB = new Kebab();

    static final String UNKNOWN = "UNKNOWN";

    /** The name of an argument, from that of a parameter. */
    static String kebab(String javaName) {
        return KEBAB.of(javaName);
    }

    static String snake(String kebab) {
        return kebab.replace('-', '_');
    }

    @Override
    public @Nullable List<PropertyName> findPropertyAliases(MapperConfig<?> config, Annotated member) {
        List<PropertyName> given = super.findPropertyAliases(config, member);
        String javaName = javaName(config, member);
        PropertyName explicit = findNameForDeserialization(config, member);
        if (javaName == null || (explicit != null && explicit.hasSimpleName())) {
            return given;
        }
        String kebab = kebab(javaName);
        if (kebab.indexOf('-') < 0) {
            return given;
        }
        List<PropertyName> names = given == null ? new ArrayList<>() : new ArrayList<>(given);
        names.add(PropertyName.construct(snake(kebab)));
        return names;
    }

    private @Nullable String javaName(MapperConfig<?> config, Annotated member) {
        if (member instanceof AnnotatedField field) {
            return field.getName();
        }
        if (member instanceof AnnotatedParameter parameter) {
            RecordComponent[] components = parameter.getDeclaringClass().getRecordComponents();
            return components != null && isCanonical(parameter.getOwner(), components)
                    ? components[parameter.getIndex()].getName()
                    : findImplicitPropertyName(config, parameter);
        }
        return null;
    }

    /** Other creators name their parameters themselves, and may have them in another order. */
    private static boolean isCanonical(AnnotatedWithParams creator, RecordComponent[] components) {
        return creator instanceof AnnotatedConstructor
                && Arrays.stream(creator.getNativeParameters())
                        .map(Parameter::getType)
                        .toList()
                        .equals(Arrays.stream(components)
                                .map(RecordComponent::getType)
                                .toList());
    }

    @Override
    public String[] findEnumValues(
            MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, @Nullable String[] names) {
        String[] found = super.findEnumValues(config, type, constants, names);
        for (int i = 0; i < constants.length; i++) {
            if (found[i] == null) {
                found[i] = constants[i].name().toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }
        return found;
    }

    @Override
    public void findEnumAliases(
            MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, @Nullable String[][] aliases) {
        super.findEnumAliases(config, type, constants, aliases);
        String[] named = super.findEnumValues(config, type, constants, new String[constants.length]);
        for (int i = 0; i < constants.length; i++) {
            if (named[i] == null) {
                List<String> all = new ArrayList<>(aliases[i] == null ? List.of() : List.of(aliases[i]));
                all.add(constants[i].name().toLowerCase(Locale.ROOT));
                all.add(constants[i].name());
                aliases[i] = all.toArray(String[]::new);
            }
        }
    }

    /** Stands for all values that the enum does not have. */
    @Override
    public @Nullable Enum<?> findDefaultEnumValue(MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants) {
        Enum<?> marked = super.findDefaultEnumValue(config, type, constants);
        if (marked != null) {
            return marked;
        }
        for (Enum<?> constant : constants) {
            if (constant.name().equals(UNKNOWN)) {
                return constant;
            }
        }
        return null;
    }

    private static final class Kebab extends PropertyNamingStrategies.KebabCaseStrategy {

        private static final long serialVersionUID = 1L;

        String of(String javaName) {
            return translate(javaName);
        }
    }
}
