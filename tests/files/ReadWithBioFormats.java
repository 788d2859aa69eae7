import java.util.StringJoiner;
import loci.common.DebugTools;
import loci.common.services.ServiceFactory;
import loci.formats.FormatTools;
import loci.formats.ImageReader;
import loci.formats.meta.IMetadata;
import loci.formats.services.OMEXMLService;
import ome.units.quantity.Length;
import ome.units.quantity.Time;

/** Prints what Bio-Formats finds in one image file, as JSON. */
public class ReadWithBioFormats {
    public static void main(String[] arguments) throws Exception {
        DebugTools.setRootLevel("ERROR");
        OMEXMLService service = new ServiceFactory().getInstance(OMEXMLService.class);
        IMetadata metadata = service.createOMEXMLMetadata();
        try (ImageReader reader = new ImageReader()) {
            reader.setFlattenedResolutions(false);
            reader.setMetadataStore(metadata);
            reader.setId(arguments[0]);
            StringJoiner json = new StringJoiner(",\n", "{", "}");
            json.add("\"reader\": " + quoted(reader.getFormat()));
            json.add("\"sizes\": {\"X\": " + reader.getSizeX() + ", \"Y\": " + reader.getSizeY() + ", \"Z\": " + reader.getSizeZ()
                + ", \"C\": " + reader.getSizeC() + ", \"T\": " + reader.getSizeT() + "}");
            json.add("\"type\": " + quoted(FormatTools.getPixelTypeString(reader.getPixelType())));
            json.add("\"rgb\": " + reader.isRGB());
            json.add("\"x\": " + length(metadata.getPixelsPhysicalSizeX(0)));
            json.add("\"y\": " + length(metadata.getPixelsPhysicalSizeY(0)));
            json.add("\"z\": " + length(metadata.getPixelsPhysicalSizeZ(0)));
            Time step = metadata.getPixelsTimeIncrement(0);
            json.add("\"t\": " + (step == null ? "null" : "[" + step.value() + ", " + quoted(step.unit().getSymbol()) + "]"));
            json.add("\"channels\": " + channels(metadata));
            json.add("\"comments\": " + comments(metadata));
            json.add("\"maps\": " + maps(metadata));
            json.add("\"linked\": " + metadata.getImageAnnotationRefCount(0));
            json.add("\"sums\": " + sums(reader));
            json.add("\"series\": " + reader.getSeriesCount());
            json.add("\"levels\": " + levels(reader));
            System.out.println(json);
        }
    }

    private static String levels(ImageReader reader) throws Exception {
        StringJoiner all = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < reader.getResolutionCount(); i++) {
            reader.setResolution(i);
            all.add("[" + reader.getSizeX() + ", " + reader.getSizeY() + ", " + sums(reader) + "]");
        }
        return all.toString();
    }

    private static String channels(IMetadata metadata) {
        StringJoiner all = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < metadata.getChannelCount(0); i++) {
            ome.xml.model.primitives.Color color = metadata.getChannelColor(0, i);
            String hex = color == null ? "null" : quoted(String.format("#%02x%02x%02x", color.getRed(), color.getGreen(), color.getBlue()));
            all.add("[" + quoted(metadata.getChannelName(0, i)) + ", " + hex + "]");
        }
        return all.toString();
    }

    private static String comments(IMetadata metadata) {
        StringJoiner all = new StringJoiner(", ", "{", "}");
        for (int i = 0; i < metadata.getCommentAnnotationCount(); i++) {
            all.add(quoted(metadata.getCommentAnnotationNamespace(i)) + ": " + quoted(metadata.getCommentAnnotationValue(i)));
        }
        return all.toString();
    }

    private static String maps(IMetadata metadata) {
        StringJoiner all = new StringJoiner(", ", "{", "}");
        for (int i = 0; i < metadata.getMapAnnotationCount(); i++) {
            StringJoiner pairs = new StringJoiner(", ", "{", "}");
            for (ome.xml.model.MapPair pair : metadata.getMapAnnotationValue(i)) {
                pairs.add(quoted(pair.getName()) + ": " + quoted(pair.getValue()));
            }
            all.add(quoted(metadata.getMapAnnotationNamespace(i)) + ": " + pairs);
        }
        return all.toString();
    }

    /** The sum of the unsigned bytes of every plane, in the file's order of planes. */
    private static String sums(ImageReader reader) throws Exception {
        StringJoiner all = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < reader.getImageCount(); i++) {
            long sum = 0;
            for (byte value : reader.openBytes(i)) {
                sum += value & 0xff;
            }
            all.add(Long.toString(sum));
        }
        return all.toString();
    }

    private static String length(Length length) {
        return length == null ? "null" : "[" + length.value() + ", " + quoted(length.unit().getSymbol()) + "]";
    }

    private static String quoted(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            json.append(c < 0x20 || c == '"' || c == '\\' || c > 0x7e ? String.format("\\u%04x", (int) c) : c);
        }
        return json.append('"').toString();
    }
}
