package io.github.qmpreactive.declare;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.type.TypeFactory;

/** What types of Java are in JSON, as a mapper sends them or reads them. */
final class JavaTypes {

    /** What a value is in JSON. */
    enum Kind {
        /** It may be anything, or Jackson alone knows: not checked. */
        ANYTHING,
        STRING,
        ENUM,
        INTEGER,
        NUMBER,
        BOOLEAN,
        LIST,
        MAP,
        OBJECT,
        UNION
    }

    /**
     * A property of a class.
     *
     * @param names the one that it is sent with, then those that are read in its place, too
     * @param type its type
     */
    record Property(Set<String> names, JavaType type) {}

    /**
     * The branches of a union.
     *
     * @param tag the member whose value tells the branch
     * @param types by that value
     */
    record Branches(String tag, Map<String, JavaType> types) {}

    private static final Set<Class<?>> INTEGERS = Set.of(
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            byte.class,
            short.class,
            int.class,
            long.class,
            BigInteger.class,
            OptionalInt.class,
            OptionalLong.class);
    private static final Set<Class<?>> STRINGS = Set.of(byte[].class, char[].class, char.class, Character.class);
    private static final Set<Class<?>> NUMBERS =
            Set.of(Float.class, Double.class, float.class, double.class, BigDecimal.class, OptionalDouble.class);

    /** Where a type is told beside the members of the object, as in QEMU's unions. */
    private static final Set<JsonTypeInfo.As> INSIDE =
            Set.of(JsonTypeInfo.As.PROPERTY, JsonTypeInfo.As.EXISTING_PROPERTY);

    private final JsonMapper mapper;
    private final boolean sends;
    private final MapperConfig<?> config;
    private final AnnotationIntrospector annotations;
    private final Map<JavaType, Kind> kinds = new HashMap<>();
    private final Map<JavaType, Set<Property>> properties = new HashMap<>();

    /**
     * Types as they are sent, or as they are read.
     *
     * @param sends whether they are arguments
     */
    JavaTypes(JsonMapper mapper, boolean sends) {
        this.mapper = mapper;
        this.sends = sends;
        this.config = sends ? mapper.serializationConfig() : mapper.deserializationConfig();
        this.annotations = config.getAnnotationIntrospector();
    }

    boolean sends() {
        return sends;
    }

    /** The type that is in an Optional. */
    static JavaType content(JavaType type) {
        return type.isReferenceType() ? content(type.getContentType()) : type;
    }

    Kind kindOf(JavaType type) {
        Kind known = kinds.get(type);
        if (known == null) {
            known = findKind(type);
            kinds.put(type, known);
        }
        return known;
    }

    private Kind findKind(JavaType type) {
        Class<?> raw = type.getRawClass();
        if (INTEGERS.contains(raw)) {
            return Kind.INTEGER;
        }
        if (NUMBERS.contains(raw)) {
            return Kind.NUMBER;
        }
        if (raw == Boolean.class || raw == boolean.class) {
            return Kind.BOOLEAN;
        }
        if (CharSequence.class.isAssignableFrom(raw) || STRINGS.contains(raw)) {
            return Kind.STRING;
        }
        if (raw == Object.class || raw.getName().startsWith("tools.jackson.")) {
            return Kind.ANYTHING;
        }
        if (type.isContainerType()) {
            return type.isMapLikeType() ? Kind.MAP : Kind.LIST;
        }
        if (raw.getName().startsWith("java.")) {
            return Kind.ANYTHING;
        }
        BeanDescription description = describe(type);
        if (description.findJsonValueAccessor() != null
                || description.findAnyGetter() != null
                || description.findAnySetterAccessor() != null) {
            return Kind.ANYTHING;
        }
        if (type.isEnumType()) {
            return Kind.ENUM;
        }
        Branches branches = branches(type);
        if (branches == null) {
            return isPlain(type) ? Kind.OBJECT : Kind.ANYTHING;
        }
        return branches.types().isEmpty() ? Kind.ANYTHING : Kind.UNION;
    }

    /** Whether it is an object with its properties as members: not if it converts itself, or is made of another value. */
    boolean isPlain(JavaType type) {
        if (describe(type).findProperties().stream().anyMatch(this::isUnwrapped)) {
            return false;
        }
        try {
            return sends
                    ? mapper._serializationContext().findValueSerializer(type) instanceof BeanSerializerBase
                    : mapper._deserializationContext().findNonContextualValueDeserializer(type)
                                    instanceof BeanDeserializerBase bean
                            && !isMadeOfAnother(bean.getValueInstantiator());
        } catch (JacksonException e) {
            return false;
        }
    }

    private boolean isUnwrapped(BeanPropertyDefinition property) {
        AnnotatedMember member = property.getPrimaryMember();
        return member != null && annotations.findUnwrappingNameTransformer(config, member) != null;
    }

    private static boolean isMadeOfAnother(ValueInstantiator made) {
        return made.canCreateUsingDelegate()
                || made.canCreateUsingArrayDelegate()
                || made.canCreateFromString()
                || made.canCreateFromInt()
                || made.canCreateFromLong()
                || made.canCreateFromDouble()
                || made.canCreateFromBoolean();
    }

    private BeanDescription describe(JavaType type) {
        ClassIntrospector introspector = config.classIntrospectorInstance();
        AnnotatedClass annotated = introspector.introspectClassAnnotations(type);
        return sends
                ? introspector.introspectForSerialization(type, annotated)
                : introspector.introspectForDeserialization(type, annotated);
    }

    /** The properties of a class that is an object. */
    Set<Property> properties(JavaType type) {
        return properties.computeIfAbsent(type, this::findProperties);
    }

    private Set<Property> findProperties(JavaType type) {
        Set<Property> found = new LinkedHashSet<>();
        for (BeanPropertyDefinition property : describe(type).findProperties()) {
            if (sends ? property.couldSerialize() : property.couldDeserialize()) {
                Set<String> names = new LinkedHashSet<>(Set.of(property.getName()));
                if (!sends) {
                    property.findAliases().forEach(alias -> names.add(alias.getSimpleName()));
                }
                found.add(new Property(
                        names, isConverted(property) ? TypeFactory.unknownType() : property.getPrimaryType()));
            }
        }
        return found;
    }

    /** Whether the property says how it is converted, and not its type. */
    private boolean isConverted(BeanPropertyDefinition property) {
        AnnotatedMember member = property.getPrimaryMember();
        if (member == null) {
            return false;
        }
        return sends
                ? annotations.findSerializer(config, member) != null
                        || annotations.findSerializationConverter(config, member) != null
                : annotations.findDeserializer(config, member) != null
                        || annotations.findDeserializationConverter(config, member) != null;
    }

    /** The values that an enum sends; without UNKNOWN or a default, which stand for values that it does not have. */
    Set<String> values(JavaType type) {
        Set<String> values = new LinkedHashSet<>();
        Enum<?>[] constants = (Enum<?>[]) type.getRawClass().getEnumConstants();
        Enum<?> other = annotations.findDefaultEnumValue(config, describe(type).getClassInfo(), constants);
        for (Enum<?> constant : constants) {
            if (constant != other && !constant.name().equals(QapiNames.UNKNOWN)) {
                values.add(mapper.valueToTree(constant).asString());
            }
        }
        return values;
    }

    /** The branches of a type whose class is told by a member, as far as they are known; null for any other type. */
    @Nullable
    Branches branches(JavaType type) {
        AnnotatedClass annotated = config.classIntrospectorInstance().introspectClassAnnotations(type);
        JsonTypeInfo.Value info = config.getAnnotationIntrospector().findPolymorphicTypeInfo(config, annotated);
        if (info == null || info.getIdType() == JsonTypeInfo.Id.NONE) {
            return null;
        }
        Map<String, JavaType> types = new LinkedHashMap<>();
        if (info.getIdType() == JsonTypeInfo.Id.NAME && INSIDE.contains(info.getInclusionType())) {
            for (NamedType subtype : config.getSubtypeResolver().collectAndResolveSubtypesByTypeId(config, annotated)) {
                // A branch has the annotations of its union, and so the other branches.
                if (subtype.hasName() && type.getRawClass().isAssignableFrom(subtype.getType())) {
                    types.put(subtype.getName(), mapper.constructType(subtype.getType()));
                }
            }
        }
        return new Branches(info.getPropertyName() == null ? "" : info.getPropertyName(), types);
    }
}
