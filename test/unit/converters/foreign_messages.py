# SPDX-License-Identifier: Apache-2.0
"""Messages of packages that ROS does not come with, and of our own: their fields."""

from __future__ import annotations

from typing import Any

from rosbags.typesys import get_types_from_msg

from rerun_bridge.cdr import types_of_srv

HEADER = 'std_msgs/Header header\n'
TIME = 'builtin_interfaces/Time timestamp\n'
FRAMED = f'{TIME}string frame_id\n'
TEXTS = {
    'my_msgs/msg/Nothing': '',
    'my_msgs/msg/Outline': f'{HEADER}geometry_msgs/Polygon polygon',
    'my_msgs/msg/Bytes': 'std_msgs/MultiArrayLayout layout\nuint8[] data',
    'my_msgs/msg/Goals': 'action_msgs/GoalStatus[] status_list',
    'my_msgs/msg/Things': 'visualization_msgs/Marker[] markers',
    # autoware_msgs
    **{
        f'autoware_perception_msgs/msg/{name}': text
        for name, text in {
            'ObjectClassification': 'uint8 label\nfloat32 probability',
            'Shape': 'uint8 type\ngeometry_msgs/Polygon footprint\n'
            'geometry_msgs/Vector3 dimensions',
            'PredictedPath': 'geometry_msgs/Pose[] path\nbuiltin_interfaces/Duration time_step\n'
            'float32 confidence',
            'PredictedObjectKinematics': 'geometry_msgs/PoseWithCovariance '
            'initial_pose_with_covariance\ngeometry_msgs/TwistWithCovariance '
            'initial_twist_with_covariance\ngeometry_msgs/AccelWithCovariance '
            'initial_acceleration_with_covariance\nPredictedPath[] predicted_paths',
            'PredictedObject': 'unique_identifier_msgs/UUID object_id\n'
            'float32 existence_probability\nObjectClassification[] classification\n'
            'PredictedObjectKinematics kinematics\nShape shape',
            'TrackedObjectKinematics': 'geometry_msgs/PoseWithCovariance pose_with_covariance\n'
            'geometry_msgs/TwistWithCovariance twist_with_covariance\n'
            'geometry_msgs/AccelWithCovariance acceleration_with_covariance\n'
            'uint8 orientation_availability\nbool is_stationary',
            'TrackedObject': 'unique_identifier_msgs/UUID object_id\n'
            'float32 existence_probability\nObjectClassification[] classification\n'
            'TrackedObjectKinematics kinematics\nShape shape',
            'DetectedObjectKinematics': 'geometry_msgs/PoseWithCovariance pose_with_covariance\n'
            'bool has_position_covariance\nuint8 orientation_availability\n'
            'geometry_msgs/TwistWithCovariance twist_with_covariance\nbool has_twist\n'
            'bool has_twist_covariance',
            'DetectedObject': 'float32 existence_probability\n'
            'ObjectClassification[] classification\nDetectedObjectKinematics kinematics\n'
            'Shape shape',
            **{
                f'{kind}Objects': f'{HEADER}{kind}Object[] objects'
                for kind in ('Predicted', 'Tracked', 'Detected')
            },
        }.items()
    },
    'autoware_planning_msgs/msg/TrajectoryPoint': 'builtin_interfaces/Duration '
    'time_from_start\ngeometry_msgs/Pose pose\nfloat32 longitudinal_velocity_mps\n'
    'float32 lateral_velocity_mps\nfloat32 acceleration_mps2\nfloat32 heading_rate_rps\n'
    'float32 front_wheel_angle_rad\nfloat32 rear_wheel_angle_rad',
    'autoware_planning_msgs/msg/Trajectory': f'{HEADER}TrajectoryPoint[] points',
    # audio_common_msgs
    'audio_common_msgs/msg/AudioData': 'uint8[] data',
    'audio_common_msgs/msg/AudioDataStamped': f'{HEADER}AudioData audio',
    # bond_core
    'bond/msg/Status': f'{HEADER}string id\nstring instance_id\nbool active\n'
    'float32 heartbeat_timeout\nfloat32 heartbeat_period',
    # ros_canopen
    'can_msgs/msg/Frame': f'{HEADER}uint32 id\nbool is_rtr\nbool is_extended\n'
    'bool is_error\nuint8 dlc\nuint8[8] data',
    # control_msgs
    'control_msgs/msg/InterfaceValue': 'string[] interface_names\nfloat64[] values',
    'control_msgs/msg/DynamicJointState': f'{HEADER}string[] joint_names\n'
    'InterfaceValue[] interface_values',
    'control_msgs/msg/DynamicInterfaceGroupValues': f'{HEADER}string[] interface_groups\n'
    'InterfaceValue[] interface_values',
    'control_msgs/msg/JointTrajectoryControllerState': f'{HEADER}string[] joint_names\n'
    'trajectory_msgs/JointTrajectoryPoint reference\n'
    'trajectory_msgs/JointTrajectoryPoint feedback\n'
    'trajectory_msgs/JointTrajectoryPoint error\n'
    'trajectory_msgs/JointTrajectoryPoint output\nstring[] multi_dof_joint_names\n'
    'trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_reference\n'
    'trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_feedback\n'
    'trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_error\n'
    'trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_output\n'
    'float64 speed_scaling_factor',
    'control_msgs/msg/JointControllerState': f'{HEADER}float64 set_point\n'
    'float64 process_value\nfloat64 process_value_dot\nfloat64 error\nfloat64 time_step\n'
    'float64 command\nfloat64 p\nfloat64 i\nfloat64 d\nfloat64 i_clamp\nbool antiwindup',
    'control_msgs/msg/PidState': f'{HEADER}builtin_interfaces/Duration timestep\n'
    'float64 error\nfloat64 error_dot\nfloat64 i_term\nfloat64 p_gain\nfloat64 i_gain\n'
    'float64 d_gain\nfloat64 output',
    # ffmpeg_image_transport_msgs
    'ffmpeg_image_transport_msgs/msg/FFMPEGPacket': f'{HEADER}int32 width\nint32 height\n'
    'string encoding\nuint64 pts\nuint8 flags\nbool is_bigendian\nuint8[] data',
    # foxglove_msgs
    'foxglove_msgs/msg/Color': 'float64 r\nfloat64 g\nfloat64 b\nfloat64 a',
    'foxglove_msgs/msg/Point2': 'float64 x\nfloat64 y',
    'foxglove_msgs/msg/Vector2': 'float64 x\nfloat64 y',
    'foxglove_msgs/msg/KeyValuePair': 'string key\nstring value',
    'foxglove_msgs/msg/PackedElementField': 'string name\nuint32 offset\nuint8 type',
    'foxglove_msgs/msg/CompressedImage': f'{FRAMED}uint8[] data\nstring format',
    'foxglove_msgs/msg/CompressedVideo': f'{FRAMED}uint8[] data\nstring format',
    'foxglove_msgs/msg/RawImage': f'{FRAMED}uint32 width\nuint32 height\nstring encoding\n'
    'uint32 step\nuint8[] data',
    'foxglove_msgs/msg/CameraCalibration': f'{FRAMED}uint32 width\nuint32 height\n'
    'string distortion_model\nfloat64[] d\nfloat64[9] k\nfloat64[9] r\nfloat64[12] p',
    'foxglove_msgs/msg/PoseInFrame': f'{FRAMED}geometry_msgs/Pose pose',
    'foxglove_msgs/msg/PosesInFrame': f'{FRAMED}geometry_msgs/Pose[] poses',
    'foxglove_msgs/msg/FrameTransform': f'{TIME}string parent_frame_id\n'
    'string child_frame_id\ngeometry_msgs/Vector3 translation\ngeometry_msgs/Quaternion rotation',
    'foxglove_msgs/msg/FrameTransforms': 'foxglove_msgs/FrameTransform[] transforms',
    'foxglove_msgs/msg/LocationFix': f'{FRAMED}float64 latitude\nfloat64 longitude\n'
    'float64 altitude\nfloat64[9] position_covariance\nuint8 position_covariance_type',
    'foxglove_msgs/msg/LocationFixes': 'LocationFix[] fixes',
    'foxglove_msgs/msg/Log': f'{TIME}uint8 level\nstring message\nstring name\nstring file\n'
    'uint32 line',
    'foxglove_msgs/msg/PointCloud': f'{FRAMED}geometry_msgs/Pose pose\nuint32 point_stride\n'
    'foxglove_msgs/PackedElementField[] fields\nuint8[] data',
    'foxglove_msgs/msg/LaserScan': f'{FRAMED}geometry_msgs/Pose pose\nfloat64 start_angle\n'
    'float64 end_angle\nfloat64[] ranges\nfloat64[] intensities',
    'foxglove_msgs/msg/Grid': f'{FRAMED}geometry_msgs/Pose pose\nuint32 column_count\n'
    'foxglove_msgs/Vector2 cell_size\nuint32 row_stride\nuint32 cell_stride\n'
    'foxglove_msgs/PackedElementField[] fields\nuint8[] data',
    'foxglove_msgs/msg/VoxelGrid': f'{FRAMED}geometry_msgs/Pose pose\nuint32 row_count\n'
    'uint32 column_count\ngeometry_msgs/Vector3 cell_size\nuint32 slice_stride\n'
    'uint32 row_stride\nuint32 cell_stride\nfoxglove_msgs/PackedElementField[] fields\n'
    'uint8[] data',
    'foxglove_msgs/msg/RawAudio': f'{TIME}uint8[] data\nstring format\nuint32 sample_rate\n'
    'uint32 number_of_channels',
    'foxglove_msgs/msg/CompressedAudio': f'{TIME}string format\nuint8[] data',
    'foxglove_msgs/msg/ArrowPrimitive': 'geometry_msgs/Pose pose\nfloat64 shaft_length\n'
    'float64 shaft_diameter\nfloat64 head_length\nfloat64 head_diameter\n'
    'foxglove_msgs/Color color',
    **{
        f'foxglove_msgs/msg/{name}Primitive': 'geometry_msgs/Pose pose\n'
        'geometry_msgs/Vector3 size\nfoxglove_msgs/Color color'
        for name in ('Cube', 'Sphere')
    },
    'foxglove_msgs/msg/CylinderPrimitive': 'geometry_msgs/Pose pose\n'
    'geometry_msgs/Vector3 size\nfloat64 bottom_scale\nfloat64 top_scale\n'
    'foxglove_msgs/Color color',
    'foxglove_msgs/msg/LinePrimitive': 'uint8 type\ngeometry_msgs/Pose pose\n'
    'float64 thickness\nbool scale_invariant\ngeometry_msgs/Point[] points\n'
    'foxglove_msgs/Color color\nfoxglove_msgs/Color[] colors\nuint32[] indices',
    'foxglove_msgs/msg/TriangleListPrimitive': 'geometry_msgs/Pose pose\n'
    'geometry_msgs/Point[] points\nfoxglove_msgs/Color color\nfoxglove_msgs/Color[] colors\n'
    'uint32[] indices',
    'foxglove_msgs/msg/TextPrimitive': 'geometry_msgs/Pose pose\nbool billboard\n'
    'float64 font_size\nbool scale_invariant\nfoxglove_msgs/Color color\nstring text',
    'foxglove_msgs/msg/ModelPrimitive': 'geometry_msgs/Pose pose\n'
    'geometry_msgs/Vector3 scale\nfoxglove_msgs/Color color\nbool override_color\nstring url\n'
    'string media_type\nuint8[] data',
    'foxglove_msgs/msg/SceneEntity': f'{FRAMED}string id\n'
    'builtin_interfaces/Duration lifetime\nbool frame_locked\n'
    'foxglove_msgs/KeyValuePair[] metadata\nfoxglove_msgs/ArrowPrimitive[] arrows\n'
    'foxglove_msgs/CubePrimitive[] cubes\nfoxglove_msgs/SpherePrimitive[] spheres\n'
    'foxglove_msgs/CylinderPrimitive[] cylinders\nfoxglove_msgs/LinePrimitive[] lines\n'
    'foxglove_msgs/TriangleListPrimitive[] triangles\nfoxglove_msgs/TextPrimitive[] texts\n'
    'foxglove_msgs/ModelPrimitive[] models',
    'foxglove_msgs/msg/SceneEntityDeletion': f'{TIME}uint8 type\nstring id',
    'foxglove_msgs/msg/SceneUpdate': 'foxglove_msgs/SceneEntityDeletion[] deletions\n'
    'foxglove_msgs/SceneEntity[] entities',
    'foxglove_msgs/msg/CircleAnnotation': f'{TIME}foxglove_msgs/Point2 position\n'
    'float64 diameter\nfloat64 thickness\nfoxglove_msgs/Color fill_color\n'
    'foxglove_msgs/Color outline_color',
    'foxglove_msgs/msg/PointsAnnotation': f'{TIME}uint8 type\nfoxglove_msgs/Point2[] points\n'
    'foxglove_msgs/Color outline_color\nfoxglove_msgs/Color[] outline_colors\n'
    'foxglove_msgs/Color fill_color\nfloat64 thickness',
    'foxglove_msgs/msg/TextAnnotation': f'{TIME}foxglove_msgs/Point2 position\nstring text\n'
    'float64 font_size\nfoxglove_msgs/Color text_color\nfoxglove_msgs/Color background_color',
    'foxglove_msgs/msg/ImageAnnotations': 'foxglove_msgs/CircleAnnotation[] circles\n'
    'foxglove_msgs/PointsAnnotation[] points\nfoxglove_msgs/TextAnnotation[] texts',
    # geographic_msgs
    'geographic_msgs/msg/GeoPoint': 'float64 latitude\nfloat64 longitude\nfloat64 altitude',
    'geographic_msgs/msg/GeoPointStamped': f'{HEADER}GeoPoint position',
    'geographic_msgs/msg/GeoPose': 'GeoPoint position\ngeometry_msgs/Quaternion orientation',
    'geographic_msgs/msg/GeoPoseStamped': f'{HEADER}GeoPose pose',
    'geographic_msgs/msg/GeoPath': f'{HEADER}GeoPoseStamped[] poses',
    # gps_msgs
    'gps_msgs/msg/GPSStatus': f'{HEADER}uint16 satellites_used\nint32[] satellite_used_prn\n'
    'uint16 satellites_visible\nint32[] satellite_visible_prn\nint32[] satellite_visible_z\n'
    'int32[] satellite_visible_azimuth\nint32[] satellite_visible_snr\nint16 status\n'
    'uint16 motion_source\nuint16 orientation_source\nuint16 position_source',
    'gps_msgs/msg/GPSFix': f'{HEADER}GPSStatus status\nfloat64 latitude\nfloat64 longitude\n'
    'float64 altitude\nfloat64 track\nfloat64 speed\nfloat64 climb\nfloat64 pitch\n'
    'float64 roll\nfloat64 dip\nfloat64 time\nfloat64 gdop\nfloat64 pdop\nfloat64 hdop\n'
    'float64 vdop\nfloat64 tdop\nfloat64 err\nfloat64 err_horz\nfloat64 err_vert\n'
    'float64 err_track\nfloat64 err_speed\nfloat64 err_climb\nfloat64 err_time\n'
    'float64 err_pitch\nfloat64 err_roll\nfloat64 err_dip\nfloat64[9] position_covariance\n'
    'uint8 position_covariance_type',
    # grid_map_msgs
    'grid_map_msgs/msg/GridMapInfo': 'float64 resolution\nfloat64 length_x\n'
    'float64 length_y\ngeometry_msgs/Pose pose',
    'grid_map_msgs/msg/GridMap': f'{HEADER}GridMapInfo info\nstring[] layers\n'
    'string[] basic_layers\nstd_msgs/Float32MultiArray[] data\nuint16 outer_start_index\n'
    'uint16 inner_start_index',
    # map_msgs
    'map_msgs/msg/OccupancyGridUpdate': f'{HEADER}int32 x\nint32 y\nuint32 width\n'
    'uint32 height\nint8[] data',
    'map_msgs/msg/ProjectedMap': 'nav_msgs/OccupancyGrid map\nfloat64 min_z\nfloat64 max_z',
    # nav2_msgs
    'nav2_msgs/msg/BehaviorTreeStatusChange': f'{TIME}string node_name\nuint16 uid\n'
    'string previous_status\nstring current_status',
    'nav2_msgs/msg/BehaviorTreeLog': f'{TIME}BehaviorTreeStatusChange[] event_log',
    'nav2_msgs/msg/CollisionMonitorState': 'uint8 action_type\nstring polygon_name',
    'nav2_msgs/msg/CostmapMetaData': 'builtin_interfaces/Time map_load_time\n'
    'builtin_interfaces/Time update_time\nstring layer\nfloat32 resolution\nuint32 size_x\n'
    'uint32 size_y\ngeometry_msgs/Pose origin',
    'nav2_msgs/msg/Costmap': f'{HEADER}CostmapMetaData metadata\nuint8[] data',
    'nav2_msgs/msg/CostmapUpdate': f'{HEADER}uint32 x\nuint32 y\nuint32 size_x\n'
    'uint32 size_y\nuint8[] data',
    'nav2_msgs/msg/Particle': 'geometry_msgs/Pose pose\nfloat64 weight',
    'nav2_msgs/msg/ParticleCloud': f'{HEADER}Particle[] particles',
    'nav2_msgs/msg/SpeedLimit': f'{HEADER}bool percentage\nfloat64 speed_limit',
    'nav2_msgs/msg/VoxelGrid': f'{HEADER}uint32[] data\ngeometry_msgs/Point32 origin\n'
    'geometry_msgs/Vector3 resolutions\nuint32 size_x\nuint32 size_y\nuint32 size_z',
    # nav_msgs of newer distributions
    'nav_msgs/msg/TrajectoryPoint': f'{HEADER}geometry_msgs/Pose pose\n'
    'geometry_msgs/Twist velocity\ngeometry_msgs/Accel acceleration\n'
    'geometry_msgs/Wrench effort',
    'nav_msgs/msg/Trajectory': f'{HEADER}TrajectoryPoint[] points',
    # octomap_msgs
    'octomap_msgs/msg/Octomap': f'{HEADER}bool binary\nstring id\nfloat64 resolution\nint8[] data',
    'octomap_msgs/msg/OctomapWithPose': f'{HEADER}geometry_msgs/Pose origin\n'
    'octomap_msgs/Octomap octomap',
    # px4_msgs
    'px4_msgs/msg/VehicleOdometry': 'uint64 timestamp\nuint64 timestamp_sample\n'
    'uint8 pose_frame\nfloat32[3] position\nfloat32[4] q\nuint8 velocity_frame\n'
    'float32[3] velocity\nfloat32[3] angular_velocity\nfloat32[3] position_variance\n'
    'float32[3] orientation_variance\nfloat32[3] velocity_variance\nuint8 reset_counter\n'
    'int8 quality',
    'px4_msgs/msg/SensorCombined': 'uint64 timestamp\nfloat32[3] gyro_rad\n'
    'uint32 gyro_integral_dt\nint32 accelerometer_timestamp_relative\n'
    'float32[3] accelerometer_m_s2\nuint32 accelerometer_integral_dt\n'
    'uint8 accelerometer_clipping\nuint8 gyro_clipping\nuint8 accel_calibration_count\n'
    'uint8 gyro_calibration_count',
    'px4_msgs/msg/BatteryStatus': 'uint64 timestamp\nbool connected\nfloat32 voltage_v\n'
    'float32 current_a\nfloat32 current_average_a\nfloat32 discharged_mah\n'
    'float32 remaining\nfloat32 scale\nfloat32 time_remaining_s\nfloat32 temperature\n'
    'uint8 cell_count',
    # radar_msgs
    'radar_msgs/msg/RadarReturn': 'float32 range\nfloat32 azimuth\nfloat32 elevation\n'
    'float32 doppler_velocity\nfloat32 amplitude',
    'radar_msgs/msg/RadarScan': f'{HEADER}radar_msgs/RadarReturn[] returns',
    'radar_msgs/msg/RadarTrack': 'unique_identifier_msgs/UUID uuid\n'
    'geometry_msgs/Point position\ngeometry_msgs/Vector3 velocity\n'
    'geometry_msgs/Vector3 acceleration\ngeometry_msgs/Vector3 size\nuint16 classification\n'
    'float32[6] position_covariance\nfloat32[6] velocity_covariance\n'
    'float32[6] acceleration_covariance\nfloat32[6] size_covariance',
    'radar_msgs/msg/RadarTracks': f'{HEADER}radar_msgs/RadarTrack[] tracks',
    # theora_image_transport
    'theora_image_transport/msg/Packet': f'{HEADER}uint8[] data\nint32 b_o_s\nint32 e_o_s\n'
    'int64 granulepos\nint64 packetno',
    # vision_msgs
    'vision_msgs/msg/Point2D': 'float64 x\nfloat64 y',
    'vision_msgs/msg/Pose2D': 'vision_msgs/Point2D position\nfloat64 theta',
    'vision_msgs/msg/BoundingBox2D': 'vision_msgs/Pose2D center\nfloat64 size_x\nfloat64 size_y',
    'vision_msgs/msg/BoundingBox2DArray': f'{HEADER}vision_msgs/BoundingBox2D[] boxes',
    'vision_msgs/msg/BoundingBox3D': 'geometry_msgs/Pose center\ngeometry_msgs/Vector3 size',
    'vision_msgs/msg/BoundingBox3DArray': f'{HEADER}vision_msgs/BoundingBox3D[] boxes',
    'vision_msgs/msg/ObjectHypothesis': 'string class_id\nfloat64 score',
    'vision_msgs/msg/ObjectHypothesisWithPose': 'ObjectHypothesis hypothesis\n'
    'geometry_msgs/PoseWithCovariance pose',
    'vision_msgs/msg/Classification': f'{HEADER}ObjectHypothesis[] results',
    **{
        f'vision_msgs/msg/Detection{d}D': f'{HEADER}ObjectHypothesisWithPose[] results\n'
        f'BoundingBox{d}D bbox\nstring id'
        for d in (2, 3)
    },
    **{
        f'vision_msgs/msg/Detection{d}DArray': f'{HEADER}Detection{d}D[] detections'
        for d in (2, 3)
    },
    'vision_msgs/msg/VisionClass': 'uint16 class_id\nstring class_name',
    'vision_msgs/msg/LabelInfo': f'{HEADER}vision_msgs/VisionClass[] class_map\nfloat32 threshold',
    'vision_msgs/msg/VisionInfo': f'{HEADER}string method\nstring database_location\n'
    'int32 database_version',
    # xsens_mtig
    'xsens_mtig/msg/Thermistor': f'{HEADER}float32 reading\nfloat32 min_reading\n'
    'float32 max_reading',
    'xsens_mtig/msg/GPSInfoStatus': 'uint8 m_id\nuint8 m_navigationStatus\n'
    'uint8 m_signalQuality\nuint8 m_signalStrength',
    'xsens_mtig/msg/GPSInfoStatus2': f'{HEADER}uint32 m_nb_sat\nuint32 satellites_locked\n'
    'bool valid_data\nGPSInfoStatus[16] gps',
}
SET_BOOL_EVENT = 'std_srvs/srv/SetBool_Event'
SET_BOOL = 'bool data\n---\nbool success\nstring message\n'
"""A service, whose introspection publishes messages, too."""


def foreign_types() -> dict[str, Any]:
    """Return the types as rosbags wants them."""
    types = dict(types_of_srv(SET_BOOL_EVENT, SET_BOOL))
    for name, text in TEXTS.items():
        types.update(get_types_from_msg(text, name))
    return types
